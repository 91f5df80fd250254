package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditSink;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.audit.Outcome;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService.KeyState;
import symphony.api.crypto.Envelope;
import symphony.api.crypto.KeyAdmin;
import symphony.api.crypto.KeyAdmin.Use;
import symphony.api.crypto.KeyInUseException;
import symphony.api.crypto.SealException;
import symphony.api.crypto.SealedStore;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.Decision;
import symphony.component.Guard;

/** Keys that change while others seal and open. */
class KeyOperationsTest {
    private static final String CALLER = "acme.operations";

    @TempDir
    private Path temp;

    private final HandClock clock = new HandClock();
    private final Guard guard = new Guard(false);
    private final List<SealedStore> stores = new CopyOnWriteArrayList<>();
    private final AtomicReference<Keysets> stored = new AtomicReference<>();
    private final List<String> audited = new CopyOnWriteArrayList<>();
    private final List<Map<String, String>> details = new CopyOnWriteArrayList<>();
    private CryptoEngine engine;
    private KeyAdmin admin;

    @BeforeEach
    void open() {
        stored.set(Keysets.random(clock, new SecureRandom()));
        engine = Engines.engine(stored.get());
        admin = admin(engine, new Kept(stored));
        guard.bind(new Recorder());
    }

    /** With keys in a folder. */
    private KeyFolder folder() {
        KeyFolder folder = new KeyFolder(temp.resolve("home"), Optional.empty(), clock, new SecureRandom());
        engine = Engines.engine(folder.open());
        admin = admin(engine, folder);
        return folder;
    }

    private KeyAdmin admin(CryptoEngine changed, KeysetStore store) {
        return new CallerKeyAdmin(new KeyOperations(store, changed, guard, stores, clock, new SecureRandom()), CALLER);
    }

    private final class Recorder implements AuditSink {
        @Override
        public void record(AuditEntry entry) {
            audited.add(entry.actor() + " " + entry.action() + " " + entry.target() + " " + entry.outcome());
            details.add(entry.details());
        }

        @Override
        public void count(String action, String who, String topic, String name, Outcome outcome, UUID id) {
            throw new AssertionError("nothing to count here");
        }
    }

    @Test
    void changesThePassphraseForThoseWhoMay() throws IOException {
        KeyFolder folder = folder();
        Path passphrase = temp.resolve("home/keys/passphrase");
        String before = Files.readString(passphrase);
        admin.changePassphrase();

        assertThat(Files.readString(passphrase)).isNotEqualTo(before);
        assertThat(folder.open().views()).isEqualTo(engine.keysets().views());
        assertThat(audited).containsExactly(CALLER + " crypto:change passphrase DONE");
        assertThatIllegalStateException()
                .isThrownBy(() -> admin.changePassphrase(temp.resolve("gone")))
                .withMessageContaining("the passphrase is not changed");
        assertThat(audited).endsWith(CALLER + " crypto:change passphrase FAILED");
    }

    /** Keysets that are kept in memory. */
    private record Kept(AtomicReference<Keysets> stored) implements KeysetStore {
        @Override
        public Keysets change(UnaryOperator<Keysets> change) {
            return stored.updateAndGet(change);
        }

        @Override
        public Keysets read() {
            return stored.get();
        }
    }

    /** Keeps envelopes, as a queue does. */
    private static final class Shelf implements SealedStore {
        private final List<Envelope> envelopes = new ArrayList<>();

        @Override
        public String name() {
            return "shelf";
        }

        @Override
        public Set<CryptoContext> contexts() {
            return Set.of(CryptoContext.EVENT);
        }

        @Override
        public long count(CryptoContext context, int keyId) {
            return envelopes.stream().filter(e -> names(e, context, keyId)).count();
        }

        @Override
        public long giveUp(CryptoContext context, int keyId) {
            long before = envelopes.size();
            envelopes.removeIf(e -> names(e, context, keyId));
            return before - envelopes.size();
        }

        private static boolean names(Envelope envelope, CryptoContext context, int keyId) {
            return envelope.context() == context.code() && envelope.keyId() == keyId;
        }
    }

    private KeyState state(int id) {
        return engine.keys().stream()
                .filter(key -> key.context() == CryptoContext.EVENT && key.id() == id)
                .findAny()
                .orElseThrow()
                .state();
    }

    private String opened(Envelope envelope) {
        return engine.open(CryptoContext.EVENT, envelope).key();
    }

    @Test
    void sealsWithTheNewKeyAndOpensWithTheOneBefore() {
        Envelope before = Engines.seal(engine);
        long orderKey = engine.orderKey("ada");
        var key = admin.rotate(CryptoContext.EVENT); // when
        Envelope after = Engines.seal(engine);

        assertThat(key.id()).isEqualTo(2);
        assertThat(key.state()).isEqualTo(KeyState.PRIMARY);
        assertThat(key.createdMillis()).isEqualTo(clock.millis());
        assertThat(state(1)).isEqualTo(KeyState.ENABLED);
        assertThat(before.keyId()).isEqualTo(1);
        assertThat(after.keyId()).isEqualTo(2);
        assertThat(opened(before)).isEqualTo("ada");
        assertThat(opened(after)).isEqualTo("ada");
        assertThat(engine.orderKey("ada")).as("outlives a rotation").isEqualTo(orderKey);
        assertThat(audited).containsExactly("acme.operations crypto:rotate event DONE");
    }

    @Test
    void keepsWhatItDidInTheKeyStore() {
        KeyFolder folder = folder();
        Envelope before = Engines.seal(engine);
        admin.rotate(CryptoContext.EVENT);
        Envelope after = Engines.seal(engine);
        engine = Engines.engine(folder.open()); // when
        assertThat(opened(before)).isEqualTo("ada");
        assertThat(opened(after)).isEqualTo("ada");
        assertThat(Engines.seal(engine).keyId()).isEqualTo(2);
    }

    @Test
    void beginsWithWhatAnotherProcessLeft() {
        CryptoEngine other = Engines.engine(stored.get());
        admin(other, new Kept(stored)).rotate(CryptoContext.EVENT);
        Envelope of2 = Engines.seal(other);
        admin.rotate(CryptoContext.EVENT); // when
        assertThat(Engines.seal(engine).keyId()).isEqualTo(3);
        assertThat(opened(of2)).isEqualTo("ada");
    }

    @Test
    void rotatesEachContextByItself() {
        admin.rotate(CryptoContext.MODEL);
        assertThat(Engines.seal(engine).keyId()).isEqualTo(1);
        assertThat(engine.keys()).hasSize(CryptoContext.values().length + 1);
    }

    @Test
    void opensNothingWithADisabledKeyUntilItIsEnabled() {
        Envelope before = Engines.seal(engine);
        admin.rotate(CryptoContext.EVENT);
        assertThat(admin.disable(CryptoContext.EVENT, 1).state()).isEqualTo(KeyState.DISABLED);
        assertThatThrownBy(() -> opened(before)).isInstanceOf(SealException.class);
        assertThat(admin.enable(CryptoContext.EVENT, 1).state()).isEqualTo(KeyState.ENABLED);
        assertThat(opened(before)).isEqualTo("ada");
    }

    @Test
    void leavesAKeyThatIsAlreadyAsWanted() {
        admin.rotate(CryptoContext.EVENT);
        admin.disable(CryptoContext.EVENT, 1);
        audited.clear();
        assertThat(admin.disable(CryptoContext.EVENT, 1).state()).isEqualTo(KeyState.DISABLED);
        assertThat(admin.enable(CryptoContext.EVENT, 2).state()).isEqualTo(KeyState.PRIMARY);
        assertThat(audited).isEmpty();
    }

    @Test
    void refusesToTakeThePrimaryKeyAway() {
        for (Runnable change : List.<Runnable>of(
                () -> admin.disable(CryptoContext.EVENT, 1), () -> admin.destroy(CryptoContext.EVENT, 1, true))) {
            assertThatThrownBy(change::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("key event/1 seals what is new; rotate event first");
        }
        assertThat(state(1)).isEqualTo(KeyState.PRIMARY);
        assertThat(audited).isEmpty();
    }

    @Test
    void saysThatThereIsNoSuchKey() {
        for (Runnable change : List.<Runnable>of(
                () -> admin.disable(CryptoContext.EVENT, 9),
                () -> admin.enable(CryptoContext.EVENT, 9),
                () -> admin.uses(CryptoContext.EVENT, 9),
                () -> admin.destroy(CryptoContext.EVENT, 9, false))) {
            assertThatThrownBy(change::run)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("there is no key event/9; symphony:keys lists them");
        }
    }

    @Test
    void destroysNoKeyThatSomethingNeeds() {
        var shelf = new Shelf();
        stores.add(shelf);
        shelf.envelopes.add(Engines.seal(engine));
        admin.rotate(CryptoContext.EVENT);
        shelf.envelopes.add(Engines.seal(engine));
        assertThat(admin.uses(CryptoContext.EVENT, 1)).containsExactly(new Use("shelf", 1));

        assertThatThrownBy(() -> admin.destroy(CryptoContext.EVENT, 1, false))
                .isInstanceOfSatisfying(
                        KeyInUseException.class, e -> assertThat(e.uses()).containsExactly(new Use("shelf", 1)))
                .hasMessage(
                        "key event/1 is needed by 1 in shelf; let them go first, or destroy it by force: then they can"
                                + " never be read");
        assertThat(state(1)).isEqualTo(KeyState.ENABLED);
        assertThat(opened(shelf.envelopes.get(0))).isEqualTo("ada");
    }

    /** As one that its publisher gets into a queue that was asked just before. */
    @Test
    void findsWhatGoesFromOneStoreToAnotherMeanwhile() {
        var later = new Shelf();
        var first = new Shelf();
        first.envelopes.add(Engines.seal(engine));
        stores.add(later);
        stores.add(new SealedStore() {
            @Override
            public String name() {
                return "first";
            }

            @Override
            public Set<CryptoContext> contexts() {
                return Set.of();
            }

            @Override
            public long count(CryptoContext context, int keyId) {
                later.envelopes.addAll(first.envelopes);
                first.envelopes.clear();
                return first.count(context, keyId);
            }

            @Override
            public long giveUp(CryptoContext context, int keyId) {
                return first.giveUp(context, keyId);
            }
        });
        admin.rotate(CryptoContext.EVENT);
        assertThatThrownBy(() -> admin.destroy(CryptoContext.EVENT, 1, false))
                .isInstanceOf(KeyInUseException.class)
                .hasMessageContaining("1 in shelf");
        assertThat(state(1)).isEqualTo(KeyState.ENABLED);
    }

    @Test
    void givesUpByForceWhatNeedsTheKeyAndNothingElse() {
        var shelf = new Shelf();
        stores.add(shelf);
        Envelope before = Engines.seal(engine);
        shelf.envelopes.add(before);
        admin.rotate(CryptoContext.EVENT);
        Envelope after = Engines.seal(engine);
        shelf.envelopes.add(after);
        byte[] secret =
                engine.keysets().find(CryptoContext.EVENT, 1).orElseThrow().secret();

        assertThat(admin.destroy(CryptoContext.EVENT, 1, true)).containsExactly(new Use("shelf", 1)); // when
        assertThat(shelf.envelopes).containsExactly(after);
        assertThat(audited).endsWith(CALLER + " crypto:destroy event/1 DONE", CALLER + " crypto:give-up event/1 DONE");
        assertThat(details.get(details.size() - 2)).containsEntry("force", "true");
        assertThat(details.get(details.size() - 1)).containsEntry("count", "1");
        assertThatThrownBy(() -> opened(before)).isInstanceOf(SealException.class);
        assertThat(opened(after)).isEqualTo("ada");
        assertThat(secret).as("in memory").containsOnly(0);
        assertThat(stored.get().find(CryptoContext.EVENT, 1).orElseThrow().secret())
                .containsOnly(0);
        assertThat(admin.destroy(CryptoContext.EVENT, 1, true))
                .as("a second time")
                .isEmpty();
        assertThatThrownBy(() -> admin.enable(CryptoContext.EVENT, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("key event/1 is destroyed, for good");
    }

    @Test
    void destroysNothingWhereAStoreCannotBeAskedAndTellsTheOthersWhereOneFails() {
        var broken = new AtomicBoolean(true);
        stores.add(new SealedStore() {
            @Override
            public String name() {
                return "broken";
            }

            @Override
            public Set<CryptoContext> contexts() {
                return Set.of(CryptoContext.EVENT);
            }

            @Override
            public long count(CryptoContext context, int keyId) {
                if (broken.get()) {
                    throw new IllegalStateException("a test says");
                }
                return 0;
            }

            @Override
            public long giveUp(CryptoContext context, int keyId) {
                throw new IllegalStateException("a test says");
            }
        });
        var shelf = new Shelf();
        stores.add(shelf);
        Envelope before = Engines.seal(engine);
        admin.rotate(CryptoContext.EVENT);
        assertThatThrownBy(() -> admin.destroy(CryptoContext.EVENT, 1, false))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("it cannot be told whether");
        assertThat(state(1)).isEqualTo(KeyState.ENABLED);
        broken.set(false);
        shelf.envelopes.add(before);
        assertThat(admin.destroy(CryptoContext.EVENT, 1, true)).containsExactly(new Use("shelf", 1));
    }

    @Test
    void changesNothingForWhoMayNot() {
        admin.rotate(CryptoContext.EVENT);
        guard.bind((who, permission) -> new Decision(false, ""));
        audited.clear();
        for (Runnable change : List.<Runnable>of(
                () -> admin.rotate(CryptoContext.EVENT),
                () -> admin.disable(CryptoContext.EVENT, 1),
                () -> admin.enable(CryptoContext.EVENT, 1),
                () -> admin.destroy(CryptoContext.EVENT, 1, true),
                () -> admin.changePassphrase())) {
            assertThatThrownBy(change::run).isInstanceOf(AccessDeniedException.class);
        }
        assertThat(engine.keys()).hasSize(CryptoContext.values().length + 1);
        assertThat(state(1)).isEqualTo(KeyState.ENABLED);
        assertThat(audited)
                .containsExactly(
                        "acme.operations crypto:rotate event DENIED",
                        "acme.operations crypto:disable event DENIED",
                        "acme.operations crypto:enable event DENIED",
                        "acme.operations crypto:destroy event DENIED",
                        "acme.operations crypto:change passphrase DENIED");
    }

    @Test
    void recordsWhichKeyIsMeantAndByWhichDecision() {
        guard.bind((who, permission) -> new Decision(!permission.action().equals("disable"), "", "3/17", 3));
        admin.rotate(CryptoContext.EVENT);
        assertThatThrownBy(() -> admin.disable(CryptoContext.EVENT, 1)).isInstanceOf(AccessDeniedException.class);
        admin.destroy(CryptoContext.EVENT, 1, true);
        assertThat(details)
                .containsExactly(
                        Map.of("key", "2", "decision", "3/17", "epoch", "3"),
                        Map.of("decision", "3/17", "epoch", "3"),
                        Map.of("key", "1", "force", "true", "decision", "3/17", "epoch", "3"));
    }

    /** Each record names the key that is made, whoever else makes keys. */
    @Test
    void recordsTheKeyAnewThatAnotherProcessHasMadeMeanwhile() {
        var other = Engines.engine(stored.get());
        admin(other, new Kept(stored)).rotate(CryptoContext.EVENT);
        details.clear();
        audited.clear();
        assertThat(admin.rotate(CryptoContext.EVENT).id()).isEqualTo(3);
        assertThat(details).containsExactly(Map.of("key", "2"), Map.of("key", "2"), Map.of("key", "3"));
        assertThat(audited)
                .containsExactly(
                        "acme.operations crypto:rotate event DONE",
                        "acme.operations crypto:rotate event FAILED",
                        "acme.operations crypto:rotate event DONE");
    }

    @Test
    void changesNothingThatCannotBeAudited() {
        guard.bind(new AuditSink() {
            @Override
            public void record(AuditEntry entry) {
                throw new AuditUnavailableException("the disk is full, a test says", null);
            }

            @Override
            public void count(String action, String who, String topic, String name, Outcome outcome, UUID id) {
                throw new AssertionError("nothing to count here");
            }
        });
        assertThatThrownBy(() -> admin.rotate(CryptoContext.EVENT)).isInstanceOf(AuditUnavailableException.class);
        assertThat(Engines.seal(engine).keyId()).isEqualTo(1);
        assertThat(stored.get().keys()).hasSize(CryptoContext.values().length);
    }

    @Test
    void goesOnWithTheOldKeysIfTheKeyStoreCannotBeWritten() throws Exception {
        folder();
        Path inTheWay = temp.resolve("home/keys/symphony.bcfks.new/file");
        Files.createDirectories(inTheWay.getParent());
        Files.writeString(inTheWay, "x");
        assertThatThrownBy(() -> admin.rotate(CryptoContext.EVENT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("symphony.crypto: key store " + temp.resolve("home/keys/symphony.bcfks"))
                .hasMessageContaining("cannot be changed")
                .hasMessageEndingWith("see to its folder, then try again");
        assertThat(Engines.seal(engine).keyId()).isEqualTo(1);
        assertThat(audited)
                .containsExactly(
                        "acme.operations crypto:rotate event DONE", "acme.operations crypto:rotate event FAILED");
        Files.delete(inTheWay);
        assertThat(admin.rotate(CryptoContext.EVENT).id()).isEqualTo(2); // then
    }

    @Test
    @Timeout(120)
    void losesNothingThatIsSealedOrOpenedMeanwhile() throws Exception {
        var stop = new AtomicBoolean();
        var failure = new AtomicReference<Throwable>();
        var sealed = new ConcurrentLinkedQueue<Envelope>();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 4; i++) {
            var thread = new Thread(() -> {
                try {
                    while (!stop.get()) {
                        Envelope envelope = Engines.seal(engine);
                        opened(envelope);
                        sealed.add(envelope);
                    }
                } catch (Throwable t) {
                    failure.set(t);
                }
            });
            threads.add(thread);
            thread.start();
        }
        Conditions.await(() -> failure.get() != null || isAnySealedSince(1, sealed));
        for (int i = 0; i < 200; i++) {
            admin.rotate(CryptoContext.EVENT);
        }
        Conditions.await(() -> failure.get() != null || isAnySealedSince(2, sealed));
        stop.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failure).hasNullValue();
        var ids = new HashSet<Integer>();
        for (Envelope envelope : sealed) {
            ids.add(envelope.keyId());
            assertThat(opened(envelope)).isEqualTo("ada");
        }
        assertThat(ids.size()).isGreaterThan(1);
    }

    /** The disk may take as long as it likes. */
    @Test
    @Timeout(300)
    void holdsUpNobodyWhileTheKeyStoreIsWritten() throws Exception {
        var writing = new CountDownLatch(1);
        var written = new CountDownLatch(1);
        KeysetStore slow = new KeysetStore() {
            @Override
            public Keysets change(UnaryOperator<Keysets> change) {
                writing.countDown();
                awaitQuietly(written);
                return stored.updateAndGet(change);
            }

            @Override
            public Keysets read() {
                return stored.get();
            }
        };
        KeyAdmin slowly = admin(engine, slow);
        ExecutorService pool = Executors.newCachedThreadPool();
        try {
            Future<Integer> rotation =
                    pool.submit(() -> slowly.rotate(CryptoContext.EVENT).id());
            assertThat(writing.await(60, TimeUnit.SECONDS)).isTrue();
            Envelope meanwhile = pool.submit(() -> Engines.seal(engine)).get(60, TimeUnit.SECONDS); // when
            assertThat(pool.submit(() -> opened(meanwhile)).get(60, TimeUnit.SECONDS))
                    .isEqualTo("ada");
            assertThat(meanwhile.keyId()).isEqualTo(1);
            assertThat(rotation.isDone()).isFalse();
            written.countDown();
            assertThat(rotation.get(60, TimeUnit.SECONDS)).isEqualTo(2);
            assertThat(Engines.seal(engine).keyId()).isEqualTo(2);
            assertThat(opened(meanwhile)).isEqualTo("ada");
        } finally {
            written.countDown();
            pool.shutdownNow();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** By that key, or a later one. */
    private static boolean isAnySealedSince(int keyId, Collection<Envelope> sealed) {
        return sealed.stream().anyMatch(envelope -> envelope.keyId() >= keyId);
    }

    @Test
    void rotatesKeysThatAreTooOldWhoeverMayRotate() {
        guard.bind((who, permission) -> new Decision(false, ""));
        var operations = new KeyOperations(new Kept(stored), engine, guard, stores, clock, new SecureRandom());
        operations.rotateOlderThan(Duration.ofDays(1).toMillis());
        assertThat(audited).isEmpty();
        clock.advance(Duration.ofDays(1));
        operations.rotateOlderThan(Duration.ofDays(1).toMillis()); // when
        operations.rotateOlderThan(Duration.ofDays(1).toMillis());
        assertThat(engine.keys()).hasSize(2 * CryptoContext.values().length);
        assertThat(Engines.seal(engine).keyId()).isEqualTo(2);
        assertThat(audited).hasSize(CryptoContext.values().length).contains("symphony.crypto crypto:rotate event DONE");
    }

    @Test
    void refusesKeysOnDiskThatDoNotGoOnFromThoseInUse() {
        Keysets backup = stored.get();
        admin.rotate(CryptoContext.EVENT);
        Envelope envelope = Engines.seal(engine);
        for (Keysets wrong : List.of(backup, Keysets.random(clock, new SecureRandom()))) {
            Keysets right = stored.getAndSet(wrong);
            assertThatThrownBy(() -> admin.rotate(CryptoContext.EVENT))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("does not go on from the keys in use");
            assertThat(opened(envelope)).isEqualTo("ada");
            stored.set(right);
        }
        assertThat(admin.rotate(CryptoContext.EVENT).id()).isEqualTo(3);
    }

    @Test
    void givesUpWhatAnotherProcessDestroyed() {
        var shelf = new Shelf();
        stores.add(shelf);
        shelf.envelopes.add(Engines.seal(engine));
        admin.rotate(CryptoContext.EVENT);
        stored.updateAndGet(
                keysets -> keysets.with(keysets.find(CryptoContext.EVENT, 1).orElseThrow(), KeyState.DESTROYED));
        admin.rotate(CryptoContext.MODEL); // when
        assertThat(shelf.envelopes).isEmpty();
        assertThat(state(1)).isEqualTo(KeyState.DESTROYED);
    }

    @Test
    void usesWhatIsInTheKeyStoreThoughTheChangeFailedAfterIt() {
        KeysetStore failing = new KeysetStore() {
            @Override
            public Keysets change(UnaryOperator<Keysets> change) {
                stored.updateAndGet(change);
                throw new IllegalStateException("the folder could not be forced, a test says");
            }

            @Override
            public Keysets read() {
                return stored.get();
            }
        };
        assertThatThrownBy(() -> admin(engine, failing).rotate(CryptoContext.EVENT))
                .hasMessage("the folder could not be forced, a test says");
        assertThat(Engines.seal(engine).keyId()).isEqualTo(2);
    }

    @Test
    void destroysByForceOnlyWhereNobodyCanTellWhatNeedsTheKey() {
        admin.rotate(CryptoContext.MODEL);
        assertThatThrownBy(() -> admin.destroy(CryptoContext.MODEL, 1, false))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("nobody is there who can tell what key model/1 sealed");
        assertThat(admin.destroy(CryptoContext.MODEL, 1, true)).isEmpty();
    }

    @Test
    void changesKeysThoughItsCallerIsInterrupted() {
        folder();
        Thread.currentThread().interrupt();
        assertThat(admin.rotate(CryptoContext.EVENT).id()).isEqualTo(2);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void changesNothingOnceItIsClosed() {
        var operations = new KeyOperations(new Kept(stored), engine, guard, stores, clock, new SecureRandom());
        operations.close();
        assertThatThrownBy(() -> operations.rotate(CALLER, CryptoContext.EVENT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is stopping");
        assertThat(stored.get().keys()).hasSize(CryptoContext.values().length);
    }

    @Test
    @Timeout(120)
    void sealsNothingWithAKeyThatWasErasedMeanwhile() throws Exception {
        var stop = new AtomicBoolean();
        var sealed = new ConcurrentLinkedQueue<Envelope>();
        var failure = new AtomicReference<Throwable>();
        var thread = new Thread(() -> {
            try {
                while (!stop.get()) {
                    sealed.add(Engines.seal(engine));
                }
            } catch (Throwable t) {
                failure.set(t);
            }
        });
        thread.start();
        for (int id = 1; id <= 200; id++) {
            admin.rotate(CryptoContext.EVENT);
            admin.destroy(CryptoContext.EVENT, id, true);
        }
        stop.set(true);
        thread.join();
        assertThat(failure).hasNullValue();
        byte[] zeros = new byte[KeyDerivation.KEY_BYTES];
        for (Envelope envelope : sealed) {
            var erased = new KeysetKey(CryptoContext.EVENT, envelope.keyId(), KeyState.ENABLED, 0, zeros.clone());
            byte[] commitment =
                    KeyDerivation.commitment(erased, Engines.salt(envelope).array());
            assertThat(Arrays.mismatch(
                            envelope.bytes(),
                            Envelope.SALT_AT + Envelope.SALT_BYTES,
                            Envelope.SALT_AT + Envelope.SALT_BYTES + commitment.length,
                            commitment,
                            0,
                            commitment.length))
                    .isNotNegative();
        }
    }
}
