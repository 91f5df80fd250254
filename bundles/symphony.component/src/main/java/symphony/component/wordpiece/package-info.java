/** Texts as encoders of sentences read them; copied privately into each bundle that uses it. */
package symphony.component.wordpiece;
