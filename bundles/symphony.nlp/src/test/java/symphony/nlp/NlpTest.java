package symphony.nlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.nlp.IntentRecognizer;
import symphony.api.nlp.IntentTrainer;
import symphony.api.nlp.ModelException;
import symphony.api.nlp.ModelStore;
import symphony.api.nlp.TrainingProgress;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessUndecidedException;
import symphony.api.rbac.Decision;
import symphony.api.rbac.Permission;
import symphony.codec.CodecEngine;
import symphony.codec.CodecLimits;
import symphony.component.Guard;
import symphony.component.StateHome;
import symphony.crypto.CryptoEngine;
import symphony.testing.ManualTimer;

/** The component, as the framework and others use it. */
@Timeout(120)
class NlpTest {
    private static final AccessControl ALLOWING = (principal, permission) -> new Decision(true, "");

    @TempDir
    private Path temp;

    private final CryptoEngine crypto = CryptoEngine.ephemeral(new CodecEngine(CodecLimits.DEFAULT));
    private final ManualTimer timer = new ManualTimer(Instant.ofEpochSecond(1_800_000_000));
    private final Services services = new Services();

    @AfterEach
    void close() {
        timer.close();
        crypto.close();
    }

    private Nlp nlp(boolean starter) {
        services.with(StateHome.HOME, temp.toString());
        return new Nlp(Map.of("starter", starter), services.context(), crypto, timer);
    }

    private void train(String model) throws InterruptedException {
        services.get(IntentTrainer.class).train(model, Data.HOME, List.of(), 1, TrainingProgress.NONE);
    }

    private ModelStore store() {
        return services.get(ModelStore.class);
    }

    @Test
    void hasARecogniserOfEachModelThatIsActive() throws InterruptedException {
        Nlp nlp = nlp(true);
        nlp.activate();
        assertThat(services.recognizers()).containsExactly("default 0");
        assertThat(services.get(IntentRecognizer.class)
                        .recognize("could you switch the lamp in the hall on")
                        .intent())
                .hasValueSatisfying(intent -> assertThat(intent.name()).isEqualTo("lights-on"));

        nlp.bindEncoder(SentenceModelTest.ENCODER);
        train("home");
        store().activate("home", 1);
        assertThat(services.recognizers()).containsExactly("default 0", "home 0", "home 10");
        nlp.unbindEncoder(SentenceModelTest.ENCODER);
        assertThat(services.recognizers()).containsExactly("default 0", "home 0");
        var other = new SentenceModelTest.Tokens("other", UnaryOperator.identity());
        nlp.bindEncoder(other);
        nlp.bindEncoder(SentenceModelTest.ENCODER); // before the other one leaves
        nlp.unbindEncoder(other);
        assertThat(services.recognizers()).containsExactly("default 0", "home 0", "home 10");

        nlp.deactivate();
        assertThat(services.count()).isZero();
    }

    /** Issue 13: the locks of the component and of the engine were taken in both orders. */
    @Test
    void activatesModelsWhileAccessControlComesAndGoes() throws Exception {
        Nlp nlp = nlp(true);
        nlp.activate();
        train("home");
        var done = new AtomicBoolean();
        var replacing = CompletableFuture.runAsync(() -> {
            while (!done.get()) {
                nlp.bindAccess(ALLOWING);
                nlp.unbindAccess(ALLOWING);
            }
        });
        var activating = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 200; i++) {
                store().activate("home", 1);
            }
        });

        activating.get(60, TimeUnit.SECONDS);
        done.set(true);
        replacing.get(60, TimeUnit.SECONDS);
        nlp.deactivate();
        assertThat(services.count()).isZero();
    }

    /** Whoever listens for services may wait for another thread, which needs the store. */
    @Test
    void holdsNoLockWhileItRegistersAService() throws Exception {
        Nlp nlp = nlp(false);
        nlp.activate();
        train("home");
        train("away");
        services.listener(name -> CompletableFuture.runAsync(() -> {
                    nlp.bindAccess(ALLOWING);
                    store().models();
                    store().activate("away", 1);
                })
                .orTimeout(30, TimeUnit.SECONDS)
                .join());
        store().activate("home", 1);

        assertThat(services.recognizers()).containsExactly("away 0", "home 0");
    }

    /** Access control whose policy is changed. */
    private static final class Policy implements AccessControl {
        private volatile Boolean allows;

        @Override
        public Decision decide(String principal, Permission permission) {
            if (allows == null) {
                throw new AccessUndecidedException(principal, permission, "there is no policy yet");
            }
            return new Decision(allows || !permission.action().equals("use"), "");
        }
    }

    /** Issue 13: whoever had no policy at a start had no model until the next one. */
    @Test
    void usesAModelFromWhenThePolicyAllowsItUntilItDoesNoLonger() {
        services.with(Guard.SECURITY, "required");
        Nlp nlp = nlp(true);
        var policy = new Policy();
        nlp.bindAudit(new Trail());
        nlp.bindAccess(policy);
        nlp.activate();
        assertThat(services.recognizers()).isEmpty();

        policy.allows = false;
        nlp.updatedAccess(policy);
        policy.allows = true;
        nlp.updatedAccess(policy);
        assertThat(services.recognizersOnce(1)).containsExactly("default 0");
        IntentRecognizer kept = services.get(IntentRecognizer.class);
        assertThat(kept.recognize("switch the lamp on").intents()).isNotEmpty();

        policy.allows = null; // nobody decides: that is no reason to read it all again later
        nlp.updatedAccess(policy);
        policy.allows = false;
        nlp.updatedAccess(policy);
        assertThat(services.recognizersOnce(0)).isEmpty();
        assertThatThrownBy(() -> kept.recognize("switch the lamp on"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("model default is not used")
                .hasMessageContaining(
                        "nlp:use:default/" + store().models().get(0).hash());

        policy.allows = true;
        nlp.updatedAccess(policy);
        assertThat(services.recognizersOnce(1)).containsExactly("default 0");
        assertThat(kept.recognize("switch the lamp on").intents()).isNotEmpty();
        nlp.deactivate();
    }

    /** A model of somebody's own that was active before a start, while nobody decided. */
    @Test
    void readsModelsThatWaitedForADecision() throws InterruptedException {
        Nlp before = nlp(false);
        before.activate();
        train("home");
        store().activate("home", 1);
        before.deactivate();

        services.with(Guard.SECURITY, "required");
        Nlp nlp = nlp(false);
        var policy = new Policy();
        nlp.bindAccess(policy);
        nlp.activate();
        assertThat(services.recognizers()).isEmpty();
        policy.allows = true;
        nlp.updatedAccess(policy);
        assertThat(services.recognizersOnce(1)).containsExactly("home 0");
        nlp.deactivate();
    }

    /** Where audit is required, what comes along is stored only once there is one. */
    @Test
    void usesTheModelThatComesAlongOnceItsEntriesAreTaken() {
        services.with(Guard.SECURITY, "required");
        Nlp nlp = nlp(true);
        nlp.bindAccess(ALLOWING);
        nlp.activate();
        assertThat(services.recognizers()).isEmpty();

        nlp.bindAudit(new Trail());
        assertThat(services.recognizersOnce(1)).containsExactly("default 0");
        nlp.deactivate();
    }

    @Test
    void goesOnWithoutAnEncoderThatCannotBeUsed() throws InterruptedException {
        Nlp nlp = nlp(false);
        nlp.activate();
        nlp.bindEncoder(new SentenceModelTest.Tokens(null, UnaryOperator.identity()));
        nlp.bindEncoder(new SentenceModelTest.Tokens("broken", vector -> null));
        assertThat(services.get(IntentTrainer.class)
                        .train("home", Data.HOME, List.of(), 1, TrainingProgress.NONE)
                        .warnings())
                .anyMatch(warning -> warning.startsWith("sentence encoder broken failed or left"));
        store().activate("home", 1);

        assertThat(services.recognizers()).containsExactly("home 0");
        nlp.deactivate();
    }
}
