package symphony.api.nlp;

import java.time.Duration;
import java.util.Objects;
import org.osgi.annotation.versioning.ConsumerType;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.Permission;

/**
 * Recognises intents. To write a recogniser, extend this, implement {@link #classify} and register it as a service of this
 * type; permission, limits and audit are taken care of here.
 *
 * <pre>{@code
 * @Component(service = IntentRecognizer.class)
 * @ServiceRanking(10)
 * @Model("default")
 * public final class Keywords extends IntentRecognizer {
 *     @Activate
 *     public Keywords(@Reference(name = "operations") NlpOperations operations) {
 *         super(operations, "default");
 *     }
 *
 *     @Override
 *     protected Recognition classify(String utterance) {
 *         return utterance.contains("light")
 *                 ? new Recognition(List.of(new RankedIntent("light_on", 0.9)), false, "1")
 *                 : new Recognition(List.of(), true, "1");
 *     }
 * }
 * }</pre>
 *
 * <p>Of several services for one model the one with the highest ranking is asked. Thread-safe, if {@link #classify} is.
 */
@ConsumerType
public abstract class IntentRecognizer {
    /** Service property: name of the model, a {@code String}. */
    public static final String MODEL = "symphony.nlp.model";

    /** Most characters of a model's name: a to z, 0 to 9, {@code -}, {@code _} and single dots between them. */
    public static final int MODEL_CHARS = 64;

    private final NlpOperations operations;
    private final Permission permission;
    private final OperationLimits limits;

    /**
     * With the limits of the configuration.
     *
     * @param operations runs what is done here; a service
     * @param model name of the model, also of one that is no file
     * @throws IllegalArgumentException if it is no name of a model
     */
    protected IntentRecognizer(NlpOperations operations, String model) {
        this(operations, model, OperationLimits.CONFIGURED);
    }

    /**
     * With limits of its own.
     *
     * @param operations runs what is done here; a service
     * @param model name of the model, also of one that is no file
     * @param limits hold besides those of the configuration
     * @throws IllegalArgumentException if it is no name of a model
     */
    protected IntentRecognizer(NlpOperations operations, String model, OperationLimits limits) {
        this.operations = Objects.requireNonNull(operations, "operations");
        this.permission = new Permission("nlp", "recognize", Names.model(model));
        this.limits = Objects.requireNonNull(limits, "limits");
    }

    /**
     * Name of the model.
     *
     * @return as permissions have it
     */
    public final String model() {
        return permission.instance();
    }

    /**
     * Recognises the intent of an utterance. Needs the permission {@code nlp:recognize:<model>}, see {@link NlpOperations} for
     * whose. Audited, without the text.
     *
     * @param utterance what somebody said; may be empty
     * @return its intents, and whether it is out of scope
     * @throws AccessDeniedException if the permission is missing
     * @throws IllegalArgumentException if the utterance is too long
     * @throws TimeLimitException if it took too long
     * @throws symphony.api.audit.AuditUnavailableException if it could not be audited
     * @throws ModelException if there is no model
     * @throws RecognitionException if it failed otherwise; its causes tell classes and places of what was thrown, not what that
     *     says, which may have words of the utterance
     */
    public final IntentResult recognize(String utterance) {
        Objects.requireNonNull(utterance, "utterance");
        try {
            return operations.run(permission, utterance, limits, () -> timed(utterance));
        } catch (RuntimeException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("was interrupted", e);
        } catch (Exception e) {
            throw failed("failed with " + e.getClass().getName(), e);
        }
    }

    /** What a subclass throws must not be taken for what this throws. */
    private IntentResult timed(String utterance) throws InterruptedException {
        long begun = System.nanoTime();
        Recognition found;
        try {
            found = Objects.requireNonNull(classify(utterance), "classify gave null");
        } catch (InterruptedException | ModelException e) {
            throw e;
        } catch (RecognitionException e) {
            var own = new RecognitionException(e.getMessage(), Wordless.of(e.getCause()));
            own.setStackTrace(e.getStackTrace());
            throw own;
        } catch (Exception | LinkageError | StackOverflowError e) {
            throw failed("failed with " + e.getClass().getName(), e);
        }
        return new IntentResult(
                model(),
                found.version(),
                found.intents(),
                found.outOfScope(),
                Duration.ofNanos(System.nanoTime() - begun));
    }

    /** Whoever catches this logs it, and what was thrown may have words of the utterance. */
    private RecognitionException failed(String how, Throwable cause) {
        return new RecognitionException(
                "recogniser " + getClass().getName() + " of model " + model() + " " + how, Wordless.of(cause));
    }

    /**
     * Finds the intents of an utterance. Called on the caller's thread, by many at once; interrupted when its time is over.
     *
     * @param utterance not null, within the limits; may be empty, and of any characters
     * @return what was found
     * @throws Exception if it fails; a {@link RecognitionException} is passed on with its message, which is logged and must not
     *     have words of the utterance
     */
    protected abstract Recognition classify(String utterance) throws Exception;
}
