package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.ExternalTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SecretLineTest {
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

    private char[] read(String typed) throws Exception {
        try (Terminal terminal =
                new ExternalTerminal("test", "ansi", typedOnceAsked(typed), shown, StandardCharsets.UTF_8)) {
            boolean echoes = terminal.getAttributes().getLocalFlag(Attributes.LocalFlag.ECHO);
            try {
                return SecretLine.read(terminal, "password: ", () -> true);
            } finally {
                assertThat(terminal.getAttributes().getLocalFlag(Attributes.LocalFlag.ECHO))
                        .isEqualTo(echoes);
            }
        }
    }

    /** Not before: what is typed ahead is echoed, as on each terminal. */
    private InputStream typedOnceAsked(String typed) {
        int before = shown.size();
        return new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read() {
                awaitPrompt();
                return super.read();
            }

            @Override
            public synchronized int read(byte[] to, int from, int most) {
                awaitPrompt();
                return super.read(to, from, most);
            }

            private void awaitPrompt() {
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
                while (shown.size() == before && System.nanoTime() - end < 0) {
                    LockSupport.parkNanos(1_000_000);
                }
            }
        };
    }

    @Test
    void readsWhatIsTypedAndShowsNothingOfIt() throws Exception {
        assertThat(read("g\u00e9heim \"'{\r")).isEqualTo("g\u00e9heim \"'{".toCharArray());
        assertThat(shown.toString(StandardCharsets.UTF_8).strip()).isEqualTo("password:");
    }

    @Test
    void takesBackWhatWasTyped() throws Exception {
        assertThat(read("\u007fwrong\u0015byrm\bon\u007fn\n")).isEqualTo("byron".toCharArray());
    }

    @Test
    void saysThatNothingOrTooMuchWasTyped() {
        assertThatThrownBy(() -> read("a\u0004"))
                .isInstanceOf(CommandException.class)
                .hasMessage("nothing was typed");
        assertThatThrownBy(() -> read("x".repeat(513) + "\r"))
                .isInstanceOf(CommandException.class)
                .hasMessage("more than 512 characters were typed");
    }

    @Test
    void takesBackALetterOfTwoParts() throws Exception {
        assertThat(read("a\ud83d\ude00\u007fb\n")).isEqualTo("ab".toCharArray());
    }

    @Test
    void endsOnceSomebodyElseReads() throws IOException {
        try (var typing = new PipedOutputStream();
                var input = new PipedInputStream(typing);
                Terminal terminal = new ExternalTerminal("test", "ansi", input, shown, StandardCharsets.UTF_8)) {
            var looks = new AtomicInteger();
            assertThatThrownBy(() -> SecretLine.read(terminal, "", () -> looks.incrementAndGet() < 3))
                    .isInstanceOf(CommandException.class)
                    .hasMessage("the command went into the background; the password was not read");
        }
    }

    @Test
    void isNotSuspendedWhileItReads() throws Exception {
        try (Terminal terminal = new ExternalTerminal(
                "test",
                "ansi",
                new ByteArrayInputStream("byron\r".getBytes(StandardCharsets.UTF_8)),
                shown,
                StandardCharsets.UTF_8)) {
            var suspended = new AtomicInteger();
            terminal.handle(Terminal.Signal.TSTP, signal -> suspended.incrementAndGet());
            SecretLine.read(terminal, "", () -> {
                terminal.raise(Terminal.Signal.TSTP);
                return true;
            });
            assertThat(suspended).hasValue(0);
            terminal.raise(Terminal.Signal.TSTP);
            assertThat(suspended).hasValue(1);
        }
    }

    @Test
    void endsWhenItsThreadIsInterrupted() throws IOException {
        try (var typing = new PipedOutputStream();
                var input = new PipedInputStream(typing);
                Terminal terminal = new ExternalTerminal("test", "ansi", input, shown, StandardCharsets.UTF_8)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> SecretLine.read(terminal, "", () -> true))
                    .isInstanceOf(InterruptedException.class);
        }
    }
}
