/** Event data as bytes: {@link symphony.codec.CodecEngine} does it, {@link symphony.codec.CborCodec} is the component. */
package symphony.codec;
