/** A sentence encoder for {@code symphony.nlp}. */
package symphony.nlp.encoder;
