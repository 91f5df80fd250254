package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.audit.AuditSink;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService;
import symphony.api.crypto.Envelope;
import symphony.api.crypto.EventSealer;
import symphony.api.crypto.SealException;
import symphony.api.rbac.AccessDeniedException;
import symphony.component.Guard;

/** What a bundle gets that is no part of ours: it is asked with each call, and what it opens is in the trail before. */
class CallerViewsTest {
    private static final String CALLER = "acme.stranger";
    private static final byte[] NOTHING = {};
    private static final byte[] PLAIN = {1, 2, 3};

    @TempDir
    private Path temp;

    private final CryptoEngine engine = Engines.engine();
    private final GuardRecorder security = new GuardRecorder();
    private final Caller caller = new Caller(security.guard, CALLER);
    private final EventSealer sealer = new CallerSealer(engine, caller);
    private final CryptoService crypto = new CallerCryptoService(engine, caller);
    private final Envelope envelope = Engines.seal(engine);

    @AfterEach
    void close() {
        engine.close();
    }

    private void denied(String permission, ThrowingCallable call) {
        security.lines.clear();
        assertThatThrownBy(call)
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining(CALLER + " has no permission " + permission);
        String[] parts = permission.split(":", 3);
        assertThat(security.lines)
                .containsExactly("DENIED " + parts[0] + ':' + parts[1] + ' ' + parts[2] + " by " + CALLER + " {}");
    }

    private String peek(String outcome) {
        return outcome + " crypto:peek orders/new by " + CALLER + " {event=" + Engines.ID + ", key="
                + Integer.toUnsignedString(envelope.keyId()) + '}';
    }

    private byte[] stream(CryptoContext context) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = engine.sealing(context, NOTHING, bytes)) {
            out.write(PLAIN);
            out.finish();
        }
        return bytes.toByteArray();
    }

    private SeekableByteChannel channel(byte[] bytes) throws IOException {
        return Files.newByteChannel(Files.write(temp.resolve("sealed"), bytes));
    }

    @Test
    void sealsAndOpensNothingForWhoMayNot() throws IOException {
        byte[] sealed = engine.seal(CryptoContext.AUDIT, NOTHING, PLAIN);
        byte[] stream = stream(CryptoContext.MODEL);
        var written = new ByteArrayOutputStream();
        var from = new ByteArrayInputStream(stream);
        denied("crypto:peek:orders/new", () -> sealer.open(CryptoContext.EVENT, envelope));
        denied("crypto:peek:orders/new", () -> sealer.reopen(CryptoContext.EVENT, envelope));
        denied("crypto:seal:event", () -> Engines.seal(sealer));
        denied("crypto:seal:event", () -> sealer.orderKey("ada"));
        denied("crypto:seal:audit", () -> crypto.seal(CryptoContext.AUDIT, NOTHING, PLAIN));
        denied("crypto:open:audit", () -> crypto.open(CryptoContext.AUDIT, NOTHING, sealed));
        denied("crypto:seal:model", () -> crypto.sealing(CryptoContext.MODEL, NOTHING, written));
        denied("crypto:open:model", () -> crypto.opening(CryptoContext.MODEL, NOTHING, from));
        try (var file = channel(stream)) {
            denied("crypto:open:model", () -> crypto.reader(CryptoContext.MODEL, NOTHING, file));
        }
        denied("crypto:list:*", crypto::keys);
        assertThat(written.size()).isZero();
        assertThat(from.available()).isEqualTo(stream.length);
        assertThat(sealer.isDestroyed(CryptoContext.EVENT, envelope.keyId())).isFalse();
        assertThat(crypto.encrypting()).isTrue();
        assertThat(crypto.cipher()).isEqualTo(engine.cipher());
    }

    @Test
    void opensEventsForWhoMayAndSaysSoBefore() {
        security.granted.addAll(List.of("crypto:peek:orders/new", "crypto:seal:event"));
        assertThat(sealer.open(CryptoContext.EVENT, envelope).key()).isEqualTo("ada");
        assertThat(sealer.reopen(CryptoContext.EVENT, envelope).key()).contains("ada");
        assertThat(security.lines).containsExactly(peek("DONE"), peek("DONE"));
        Envelope own = Engines.seal(sealer);
        assertThat(engine.open(CryptoContext.EVENT, own).key()).isEqualTo("ada");
        assertThat(sealer.orderKey("ada")).isEqualTo(engine.orderKey("ada"));
        assertThat(security.lines).hasSize(2);
    }

    @Test
    void sealsAndOpensBytesForWhoMayAndSaysSoBefore() throws IOException {
        security.granted.addAll(List.of("crypto:seal:journal", "crypto:open:journal", "crypto:list:*"));
        byte[] sealed = crypto.seal(CryptoContext.JOURNAL, NOTHING, PLAIN);
        assertThat(security.lines).isEmpty();
        assertThat(crypto.open(CryptoContext.JOURNAL, NOTHING, sealed)).isEqualTo(PLAIN);
        byte[] stream = stream(CryptoContext.JOURNAL);
        try (var in = crypto.opening(CryptoContext.JOURNAL, NOTHING, new ByteArrayInputStream(stream))) {
            assertThat(in.readAllBytes()).isEqualTo(PLAIN);
        }
        try (var reader = crypto.reader(CryptoContext.JOURNAL, NOTHING, channel(stream))) {
            assertThat(reader.size()).isEqualTo(PLAIN.length);
        }
        String line = "DONE crypto:open journal by " + CALLER + " {}";
        assertThat(security.lines).containsExactly(line, line, line);
        var bytes = new ByteArrayOutputStream();
        try (var out = crypto.sealing(CryptoContext.JOURNAL, NOTHING, bytes)) {
            out.write(PLAIN);
            out.finish();
        }
        assertThat(bytes.size()).isEqualTo(stream.length);
        assertThat(crypto.keys()).isEqualTo(engine.keys());
    }

    @Test
    void tellsThatItDidNotOpen() {
        security.granted.addAll(List.of("crypto:peek:orders/new", "crypto:open:audit"));
        assertThatThrownBy(() -> sealer.open(CryptoContext.SCHEDULE, envelope)).isInstanceOf(SealException.class);
        assertThatThrownBy(() -> crypto.open(CryptoContext.AUDIT, NOTHING, PLAIN))
                .isInstanceOf(SealException.class);
        assertThat(security.lines)
                .containsExactly(
                        peek("DONE"),
                        peek("FAILED"),
                        "DONE crypto:open audit by " + CALLER + " {}",
                        "FAILED crypto:open audit by " + CALLER + " {}");
    }

    @Test
    void opensNothingThatCannotBeAudited() {
        security.granted.add("crypto:peek:orders/new");
        security.guard.unbind((AuditSink) security);
        assertThatThrownBy(() -> sealer.open(CryptoContext.EVENT, envelope))
                .isInstanceOf(AuditUnavailableException.class);
    }

    @Test
    void asksAgainWithEachCall() {
        security.granted.add("crypto:peek:orders/new");
        assertThat(sealer.open(CryptoContext.EVENT, envelope).key()).isEqualTo("ada");
        security.granted.clear();
        denied("crypto:peek:orders/new", () -> sealer.open(CryptoContext.EVENT, envelope));
    }

    @Test
    void allowsAllWhereNobodyIsAskedAndFillsNoLog() {
        CapturedLog.LINES.clear();
        var open = new CallerSealer(engine, new Caller(new Guard(false), CALLER));
        assertThat(open.open(CryptoContext.EVENT, envelope).key()).isEqualTo("ada");
        assertThat(CapturedLog.LINES).noneMatch(line -> line.contains("crypto:peek"));
    }
}
