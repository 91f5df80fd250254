/**
 * Unit tests of handlers without a framework: the real engines on a flat class path, with a clock that the test drives by
 * hand. Begin at {@link symphony.testing.SymphonyTest}.
 */
package symphony.testing;
