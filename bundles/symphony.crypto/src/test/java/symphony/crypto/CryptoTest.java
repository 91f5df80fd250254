package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditSink;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.audit.Outcome;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService;
import symphony.api.crypto.Envelope;
import symphony.api.crypto.EventSealer;
import symphony.api.crypto.KeyAdmin;
import symphony.api.rbac.AccessUndecidedException;
import symphony.component.Environment;
import symphony.component.Guard;
import symphony.component.StateHome;

/** The component, as DS makes it, and the service that it registers. */
class CryptoTest {
    @TempDir
    private Path temp;

    private final Map<String, String> launch = new HashMap<>();
    private final Map<Class<?>, ServiceFactory<?>> factories = new HashMap<>();

    @BeforeEach
    void begin() {
        launch.put(StateHome.HOME, temp.resolve("home").toString());
        Conditions.await(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("symphony.crypto failures"))); // of another test
        CapturedLog.LINES.clear();
    }

    private Crypto component(Map<String, Object> config) {
        var context = (BundleContext) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {BundleContext.class}, this::context);
        var component = new Crypto(config, context, new TinyCodec());
        component.activate();
        return component;
    }

    private Object context(Object proxy, Method method, Object[] args) {
        if (method.getName().equals("registerService")) {
            Class<?> type = (Class<?>) args[0];
            factories.put(type, (ServiceFactory<?>) args[1]);
            return registration(() -> factories.remove(type));
        }
        if (method.getName().equals("getBundle")) { // the system bundle, that knows of no others
            return bundle("getBundleContext", proxy(BundleContext.class, (p, m, a) -> new Bundle[0]));
        }
        assertThat(method.getName()).isEqualTo("getProperty");
        return launch.get(args[0]);
    }

    private static <T> T proxy(Class<T> type, InvocationHandler answer) {
        return type.cast(Proxy.newProxyInstance(CryptoTest.class.getClassLoader(), new Class<?>[] {type}, answer));
    }

    private static Bundle bundle(String method, Object answer) {
        return proxy(Bundle.class, (p, m, a) -> m.getName().equals(method) ? answer : (Object) 7L);
    }

    /** As the bundle of that name gets it. */
    private <S> S service(Class<S> type, String symbolicName) {
        @SuppressWarnings("unchecked")
        var factory = (ServiceFactory<S>) factories.get(type);
        return factory.getService(bundle("getSymbolicName", symbolicName), null);
    }

    /** The one engine that parts of ours get; null if there is no service. */
    private CryptoEngine service() {
        return factories.containsKey(EventSealer.class)
                ? (CryptoEngine) service(EventSealer.class, "symphony.dispatcher")
                : null;
    }

    private Object registration(Runnable unregister) {
        return Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ServiceRegistration.class}, (p, m, a) -> {
                    assertThat(m.getName()).isEqualTo("unregister");
                    unregister.run();
                    return null;
                });
    }

    @Test
    void sealsAndOpensWithKeysOfItsHome() {
        Crypto first = component(Map.of());
        var envelope = Engines.seal(service());
        byte[] sealed = service().seal(CryptoContext.MODEL, new byte[0], new byte[] {1});
        long orderKey = service().orderKey("ada");
        assertThat(factories).containsOnlyKeys(EventSealer.class, CryptoService.class, KeyAdmin.class);
        first.deactivate();
        assertThat(service()).isNull();
        assertThat(factories).isEmpty();
        Crypto second = component(Map.of("component.name", "x", "service.pid", Crypto.PID));

        assertThat(service().open(CryptoContext.EVENT, envelope).key()).isEqualTo("ada");
        assertThat(service().open(CryptoContext.MODEL, new byte[0], sealed)).containsExactly(1);
        assertThat(service().orderKey("ada")).isEqualTo(orderKey);
        assertThat(service().encrypting()).isTrue();
        assertThat(service().keys()).hasSize(5);
        assertThat(CapturedLog.LINES)
                .as("lines of the second start")
                .filteredOn(l -> l.startsWith("WARN"))
                .isEmpty();
        second.deactivate();
    }

    /** Where nobody decides, since security is required, a stranger may nothing; a part of ours has what it needs. */
    @Test
    void givesPartsOfOursTheEngineAndEverybodyElseAView() {
        launch.put(Guard.SECURITY, "required");
        Crypto crypto = component(Map.of());
        CryptoEngine engine = service();
        assertThat(service(CryptoService.class, "symphony.audit")).isSameAs(engine);
        var envelope = Engines.seal(engine);
        EventSealer sealer = service(EventSealer.class, "acme.stranger");
        CryptoService stranger = service(CryptoService.class, "acme.stranger");
        assertThatThrownBy(() -> sealer.open(CryptoContext.EVENT, envelope))
                .isInstanceOf(AccessUndecidedException.class);
        assertThatThrownBy(stranger::keys).isInstanceOf(AccessUndecidedException.class);
        var neighbours = new GuardRecorder();
        neighbours.granted.add("crypto:peek:orders/new");
        crypto.bindAccess(neighbours);
        crypto.bindAudit(neighbours);
        assertThat(sealer.open(CryptoContext.EVENT, envelope).key()).isEqualTo("ada");
        assertThat(neighbours.lines).hasSize(1);
        crypto.deactivate();
    }

    @Test
    void goesOnWithThePlatformsCipherWhereThatOfTheProviderIsWrong() {
        try (var provider = FlakyProvider.install()) {
            FlakyProvider.WRONG.set(true);
            Crypto crypto = component(Map.of("provider", provider.getName())); // when
            assertThat(service().cipher()).isEqualTo("AES-256-GCM (SunJCE)");
            assertThat(CapturedLog.LINES)
                    .anyMatch(line ->
                            line.startsWith("WARN symphony.crypto: provider is Flaky, must be a JCA provider whose"
                                    + " AES/GCM/NoPadding works, as SunJCE; it failed a test vector of the standard"));
            CapturedLog.LINES.clear();
            crypto.modified(Map.of("provider", provider.getName()));
            assertThat(service().cipher()).isEqualTo("AES-256-GCM (SunJCE)");
            assertThat(CapturedLog.LINES).anyMatch(line -> line.contains("keeping all as it was"));
            FlakyProvider.WRONG.set(false);
            crypto.modified(Map.of("provider", provider.getName()));
            assertThat(service().cipher()).isEqualTo("AES-256-GCM (Flaky)");
            crypto.deactivate();
        }
    }

    @Test
    void installsNoProvider() {
        component(Map.of()).deactivate();

        assertThat(Security.getProvider("BC")).isNull();
    }

    @Test
    void keepsNothingSecretInTheLog() throws Exception {
        Crypto crypto = component(Map.of());
        var envelope = Engines.seal(service());
        byte[] broken = envelope.bytes().clone();
        broken[broken.length - 1] ^= 1;
        EnvelopeTest.assertSealException(
                catchThrowable(() -> service().open(CryptoContext.EVENT, Envelope.of(broken))));
        Conditions.await(() -> CapturedLog.LINES.stream().anyMatch(line -> line.contains("crypto:open")));
        crypto.modified(Map.of("provider", "SunJCE"));
        crypto.deactivate();
        Files.writeString(passphrase(), passphraseText() + "x\n");
        String wrong = passphraseText();
        component(Map.of()).deactivate();
        assertThat(service()).isNull();

        String log = String.join("\n", CapturedLog.LINES);
        assertThat(log).contains("DEBUG event " + Engines.ID, "crypto:open", "does not open");
        assertThat(log).doesNotContain(wrong, wrong.substring(0, 20), "ada", "00-ab-cd-01");
        Files.writeString(passphrase(), wrong.substring(0, wrong.length() - 1) + "\n");
        for (KeysetKey key : KeyFolder.of(launch::get, name -> null, new HandClock(), null)
                .open()
                .keys()) {
            assertThat(log)
                    .doesNotContain(
                            HexFormat.of().formatHex(key.secret()),
                            Base64.getEncoder().encodeToString(key.secret()));
        }
    }

    private Path passphrase() {
        return temp.resolve("home/keys/passphrase");
    }

    private String passphraseText() throws IOException {
        return Files.readString(passphrase(), StandardCharsets.UTF_8).strip();
    }

    @Test
    void saysInOneErrorLineWhyItDoesNotStart() throws IOException {
        component(Map.of()).deactivate();
        Files.delete(passphrase());
        CapturedLog.LINES.clear();

        component(Map.of()).deactivate();
        assertThat(service()).isNull();
        assertThat(CapturedLog.LINES)
                .filteredOn(line -> !line.startsWith("DEBUG"))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("ERROR symphony.crypto: passphrase file " + passphrase())
                        .doesNotContain("\n"));
    }

    @Test
    void doesNotStartWithoutEncryptionOutsideDevelopment() {
        launch.put(Encryption.SWITCH, "off");

        component(Map.of()).deactivate();
        assertThat(service()).isNull();
        assertThat(CapturedLog.LINES)
                .filteredOn(line -> !line.startsWith("DEBUG"))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("ERROR symphony.crypto: launch property symphony.encryption is off"));
        assertThat(temp.resolve("home")).doesNotExist();
    }

    @Test
    void startsWithoutEncryptionInDevelopmentAndSaysSo() {
        launch.put(Encryption.SWITCH, "off");
        launch.put(Environment.PROPERTY, "dev");
        Crypto crypto = component(Map.of());

        assertThat(service().encrypting()).isFalse();
        assertThat(service().open(CryptoContext.EVENT, Engines.seal(service())).key())
                .isEqualTo("ada");
        assertThat(CapturedLog.LINES)
                .contains("WARN symphony.crypto: *** ENCRYPTION IS OFF *** events are plaintext, for development only");
        assertThat(temp.resolve("home")).doesNotExist();
        crypto.modified(Map.of("salt.time", "2h"));
        assertThat(service().encrypting()).isFalse();
        crypto.deactivate();
    }

    /** Once, as soon as there is an audit that takes it, and not on the thread of whoever brings that. */
    @Test
    void auditsThatEncryptionIsOff() throws Exception {
        launch.put(Encryption.SWITCH, "off");
        launch.put(Environment.PROPERTY, "dev");
        var entries = new LinkedBlockingQueue<AuditEntry>();
        var isFull = new AtomicBoolean(true);
        var sink = new AuditSink() {
            @Override
            public void record(AuditEntry entry) {
                if (isFull.getAndSet(false)) {
                    throw new AuditUnavailableException("the disk is full, a test says", null);
                }
                entries.add(entry);
            }

            @Override
            public void count(String a, String principal, String topic, String s, Outcome outcome, UUID id) {}
        };
        Crypto crypto = component(Map.of());
        crypto.bindAudit(sink);
        assertThat(entries.poll(60, TimeUnit.SECONDS))
                .isEqualTo(new AuditEntry(
                        "symphony.crypto",
                        "crypto:off",
                        "events",
                        Outcome.DONE,
                        Map.of("launch", "symphony.encryption=off symphony.environment=dev")));
        assertThat(CapturedLog.LINES)
                .contains(
                        "WARN symphony.crypto: that encryption is off is not in the audit trail yet, it is tried again"
                                + " each second: " + AuditUnavailableException.class.getName()
                                + ": the disk is full, a test says");
        crypto.unbindAudit(sink);
        crypto.bindAudit(sink); // another one
        crypto.deactivate();
        assertThat(entries).isEmpty();
    }

    @Test
    void startsWithDefaultsInPlaceOfBadValues() {
        Crypto crypto = component(Map.of("provider", "Nope", "salt.time", "1s", "derived.keys", "many"));

        assertThat(service().cipher()).isEqualTo("AES-256-GCM (SunJCE)");
        assertThat(CapturedLog.LINES).filteredOn(l -> l.startsWith("WARN")).hasSize(3);
        crypto.deactivate();
    }

    @Test
    void takesAnotherProviderWhileItRuns() {
        try (var provider = FlakyProvider.install()) {
            Crypto crypto = component(Map.of());
            var envelope = Engines.seal(service());
            crypto.modified(Map.of("provider", provider.getName()));
            assertThat(service().cipher()).isEqualTo("AES-256-GCM (Flaky)");
            assertThat(service().open(CryptoContext.EVENT, envelope).key()).isEqualTo("ada");

            crypto.modified(Map.of("provider", "Nope"));
            assertThat(service().cipher()).as("last good one").isEqualTo("AES-256-GCM (Flaky)");
            assertThat(CapturedLog.LINES)
                    .anyMatch(l -> l.startsWith("WARN symphony.crypto: provider is Nope, must be"));
            crypto.deactivate();
        }
    }
}
