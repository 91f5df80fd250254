package symphony.api.nlp;

import org.osgi.annotation.versioning.ConsumerType;

/** Is told how far long work is. */
@ConsumerType
@FunctionalInterface
public interface TrainingProgress {
    /** Nobody is told. */
    TrainingProgress NONE = (step, done) -> {};

    /**
     * The work goes on. Called on the thread that waits for it, and not too often.
     *
     * @param step what is done now, for people
     * @param done how much of all the work, 0 to 1, never less than before
     */
    void at(String step, double done);
}
