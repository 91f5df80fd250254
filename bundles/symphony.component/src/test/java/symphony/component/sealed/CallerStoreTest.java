package symphony.component.sealed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditSink;
import symphony.api.audit.Outcome;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.SealedStore;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.Decision;
import symphony.component.Guard;

class CallerStoreTest {
    private final Set<String> granted = new HashSet<>();
    private final List<String> lines = new ArrayList<>();
    private final Guard guard = new Guard(true);
    private final SealedStore view = new CallerStore(new Queues(), guard, "acme.stranger");
    private boolean failing;

    private final class Queues implements SealedStore {
        @Override
        public String name() {
            return "queues";
        }

        @Override
        public Set<CryptoContext> contexts() {
            return Set.of(CryptoContext.EVENT);
        }

        @Override
        public long count(CryptoContext context, int keyId) {
            return 3;
        }

        @Override
        public long giveUp(CryptoContext context, int keyId) {
            if (failing) {
                throw new IllegalStateException("closed");
            }
            lines.add("gave up " + context + ' ' + keyId);
            return 2;
        }
    }

    private final class Trail implements AuditSink {
        @Override
        public void record(AuditEntry entry) {
            lines.add(entry.outcome() + " " + entry.action() + ' ' + entry.target() + " by " + entry.actor() + ' '
                    + entry.details());
        }

        @Override
        public void count(
                String action, String principal, String topic, String subscription, Outcome outcome, UUID eventId) {
            throw new AssertionError(action);
        }
    }

    @BeforeEach
    void guard() {
        AccessControl access =
                (principal, permission) -> new Decision(granted.contains(permission.toString()), "by test");
        guard.bind(access);
        guard.bind(new Trail());
    }

    @Test
    void givesUpNothingForWhoMayNotDestroyTheKey() {
        assertThatThrownBy(() -> view.giveUp(CryptoContext.EVENT, 1))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("crypto:destroy:event");
        assertThatThrownBy(() -> view.count(CryptoContext.EVENT, 1))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("crypto:list:event");
        assertThat(lines)
                .containsExactly(
                        "DENIED crypto:destroy event by acme.stranger {}",
                        "DENIED crypto:list event by acme.stranger {}");
        assertThat(view.name()).isEqualTo("queues");
        assertThat(view.contexts()).containsExactly(CryptoContext.EVENT);
    }

    @Test
    void givesUpForWhoMayAndSaysSoBefore() {
        granted.addAll(List.of("crypto:destroy:event", "crypto:list:event"));
        assertThat(view.giveUp(CryptoContext.EVENT, -1)).isEqualTo(2);
        assertThat(view.count(CryptoContext.EVENT, -1)).isEqualTo(3);
        assertThat(lines)
                .containsExactly(
                        "DONE crypto:destroy event/4294967295 by acme.stranger {store=queues}", "gave up EVENT -1");
    }

    @Test
    void tellsThatItFailed() {
        granted.add("crypto:destroy:schedule");
        failing = true;
        assertThatIllegalStateException().isThrownBy(() -> view.giveUp(CryptoContext.SCHEDULE, 1));
        assertThat(lines)
                .containsExactly(
                        "DONE crypto:destroy schedule/1 by acme.stranger {store=queues}",
                        "FAILED crypto:destroy schedule/1 by acme.stranger {store=queues}");
    }
}
