package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.Decision;
import symphony.api.rbac.PolicyReload;
import symphony.api.rbac.PolicyTrial;
import symphony.api.rbac.PolicyView;
import symphony.component.Guard;

@Timeout(120)
class PolicyCommandsTest {
    private static final AccessControl SOMEBODY = (principal, permission) -> new Decision(true, "");

    private final Rig rig = new Rig();

    @BeforeEach
    void bind() {
        rig.bindAll();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private String decides() {
        return rig.run("symphony:whoami")
                .lines()
                .filter(line -> line.startsWith("decides"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void saysWhoAsksAndWhoDecides() {
        assertThat(rig.run("symphony:whoami")).isEqualTo("""
                        principal     symphony.shell
                        user          nobody is logged in
                        security      open
                        decides       nobody: everything is allowed""");
        rig.services.accessControl(SOMEBODY);
        assertThat(decides()).endsWith("policy /srv/policy.json, epoch 3");
        rig.policy.view = with(PolicyView.Origin.GENERATED, "");
        assertThat(decides()).endsWith("*** GENERATED POLICY *** for development only, epoch 3");
        rig.policy.view = with(PolicyView.Origin.NONE, "");
        assertThat(decides()).endsWith("no policy is in force: everything is denied");
        rig.policy.view = with(PolicyView.Origin.FILE, "");
        rig.policy.denies = true;
        assertThat(decides()).endsWith("a policy that symphony.shell may not see");
        rig.services.policy.unbind(rig.policy);
        assertThat(decides()).endsWith("an access control without a policy to show");
        assertThat(rig.run("symphony:whoami --json")).contains("\"principal\":\"symphony.shell\"");
    }

    @Test
    void showsThePolicyToWhoMaySeeIt(@TempDir Path folder) throws IOException {
        rig.session.currentDir(folder);
        Files.writeString(folder.resolve("right"), "lovelace");
        rig.services.accessControl(SOMEBODY);
        rig.engine.apply(ShellEngine.SETTINGS.orDefaults(Map.of("login", "required")));
        assertThat(decides()).endsWith("somebody: log in to see who");
        assertThat(rig.policy.calls).isEmpty();
        rig.run("symphony:login ada --file right");
        assertThat(decides()).endsWith("policy /srv/policy.json, epoch 3");
        rig.policy.deniedUser = "user:ada";
        assertThat(decides()).endsWith("a policy that user:ada may not see");
    }

    @Test
    void saysThatNobodyDecidesWhereSecurityIsRequired() {
        try (var strict = new Rig(new Guard(true), Editor.NONE)) {
            assertThat(strict.run("symphony:whoami"))
                    .contains("required", "nobody, and security is required: everything is denied");
        }
    }

    private PolicyView with(PolicyView.Origin origin, String problem) {
        PolicyView v = rig.policy.view;
        return new PolicyView(origin, v.source(), v.hash(), v.epoch(), v.since(), problem, v.principals(), v.roles());
    }

    @Test
    void explainsADecision() {
        assertThat(rig.run("symphony:can shop.orders event:publish:orders/*")).isEqualTo("""
                        shop.orders has event:publish:orders/*
                          line 9: event:publish:orders/* (shop.orders > sender)""");
        assertThat(rig.run("symphony:can user:ada event:receive:a"))
                .isEqualTo("user:ada has not event:receive:a\n  no rule matches");
        assertThat(rig.run("symphony:can a event"))
                .isEqualTo("can: permission 'event' is not of the form domain:action:instance, as"
                        + " event:publish:orders/new");
        assertThat(rig.run("symphony:can shop.orders event:publish:a --json")).contains("\"allowed\":true");
        assertThat(rig.policy.calls).first().isEqualTo("explain shop.orders event:publish:orders/*");
    }

    @Test
    void showsThePolicy() {
        rig.policy.view = with(PolicyView.Origin.FILE, "line 3: no grant");
        assertThat(rig.run("symphony:policy show")).isEqualTo("""
                        policy        /srv/policy.json (FILE), epoch 3, since 2026-11-24T12:00:00Z
                        SHA-256       cafe
                        problem       line 3: no grant
                        LINE  PRINCIPAL    ROLES   GRANTS
                           4  shop.orders  sender  !event:receive:b
                            the shop
                        LINE  ROLE    ROLES  GRANTS
                           9  sender         event:publish:orders/*""");
        assertThat(rig.run("symphony:policy show --json")).contains("\"hash\":\"cafe\"", "\"grants\":[");
    }

    @Test
    void hasThePolicyReadNow() {
        assertThat(rig.run("symphony:policy reload")).isEqualTo("policy cafe is in force already");
        rig.policy.reload = new PolicyReload.Swapped("cafe", "beef", 4);
        assertThat(rig.run("symphony:policy reload")).isEqualTo("policy beef is in force, epoch 4");
        rig.policy.reload = new PolicyReload.Refused("line 3: no grant");
        assertThat(rig.run("symphony:policy reload"))
                .isEqualTo("policy: the policy file is refused, the policy before stays: line 3: no grant");
        rig.policy.reload = new PolicyReload.Unanswered("the file system is slow");
        assertThat(rig.run("symphony:policy reload")).isEqualTo("policy: the file system is slow");
    }

    @Test
    void triesAnotherPolicy(@TempDir Path temp) throws IOException {
        Path file = Files.writeString(temp.resolve("next.json"), "{}");
        String line = "symphony:policy try '" + file + "'";
        assertThat(rig.run(line)).isEqualTo("policy beef could be in force\n- b x:y:z\n+ a x:y:z");
        rig.policy.trial = new PolicyTrial.Valid("beef", List.of(), List.of(), true);
        assertThat(rig.run(line)).isEqualTo("policy beef could be in force\nit would change nothing that may be shown");
        rig.policy.trial = new PolicyTrial.Valid("beef", List.of("a x:y:z"), List.of(), false);
        assertThat(rig.run(line)).endsWith("… and more");
        rig.policy.trial = new PolicyTrial.Refused("line 1: version is missing");
        assertThat(rig.run(line)).isEqualTo("policy: it would be refused: line 1: version is missing");
    }

    @Test
    void saysWhatIsWrongWithItsArguments() {
        assertThat(rig.run("symphony:policy try")).isEqualTo("policy: try needs the FILE to try");
        assertThat(rig.run("symphony:policy show x.json")).isEqualTo("policy: show takes no FILE");
        assertThat(rig.run("symphony:policy edit"))
                .isEqualTo("policy: unknown action 'edit'; known are show, reload, try FILE");
        assertThat(rig.run("symphony:policy try gone.json")).startsWith("policy: no file '");
        assertThat(rig.policy.calls).isEmpty();
        rig.policy.denies = true;
        assertThat(rig.run("symphony:policy show")).startsWith("policy: symphony.shell has no permission policy:");
        rig.services.policy.unbind(rig.policy);
        assertThat(rig.run("symphony:can a event:publish:b"))
                .isEqualTo("can: no policy admin is there; install or start the bundle symphony.rbac");
    }
}
