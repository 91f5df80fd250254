/** Intents of utterances: the recogniser that comes with Symphony Events, its training, and the store of its models. */
package symphony.nlp;
