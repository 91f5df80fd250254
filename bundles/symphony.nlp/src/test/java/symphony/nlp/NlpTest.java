package symphony.nlp;

import static org.assertj.core.api.Assertions.assertThat;

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
import symphony.api.nlp.ModelStore;
import symphony.api.nlp.TrainingProgress;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.Decision;
import symphony.codec.CodecEngine;
import symphony.codec.CodecLimits;
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
}
