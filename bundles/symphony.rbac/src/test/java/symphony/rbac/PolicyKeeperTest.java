package symphony.rbac;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.Outcome;
import symphony.api.rbac.Permission;
import symphony.api.rbac.PolicyReload;
import symphony.api.rbac.PolicyView.Origin;
import symphony.component.Guard;

/** What is in force, look by look. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class PolicyKeeperTest {
    private static final String ONE = Policies.json(Policies.textGranting("event:publish:one"));
    private static final String TWO = Policies.json(Policies.textGranting("event:publish:two"));
    private static final String BAD =
            Policies.json("{'version': 1,\n 'bundles': {'shop': {'grants': ['event:publish:**']}}}");

    @TempDir
    private Path temp;

    private Path path;
    private final Trail trail = new Trail();
    private final AtomicInteger changes = new AtomicInteger();
    private InForce inForce;
    private PolicyKeeper keeper;

    @BeforeEach
    void begin() throws IOException {
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwx------"));
        path = temp.resolve("policy.json");
        CapturedLog.begin();
    }

    private void start(boolean development, boolean required, boolean audited) {
        var guard = new Guard(required);
        if (audited) {
            guard.bind(trail);
        }
        inForce = new InForce(Policy.none(), 64, new HandClock());
        keeper = new PolicyKeeper(
                inForce, new PolicyFile(path), development, Policies.SYSTEM, guard, changes::incrementAndGet);
        look();
    }

    private void start() {
        start(false, true, true);
    }

    /** Until nothing is to be looked at again. */
    private void look() {
        if (keeper.look()) {
            assertThat(keeper.look()).isFalse();
        }
        keeper.tellLate();
    }

    private void write(String text) throws IOException {
        PolicyFileTest.write(path, text);
    }

    /** The grant {@code event:publish:<name>} of the policy in force. */
    private boolean allows(String name) {
        return inForce.decide("shop", Permission.of("event:publish:" + name)).allowed();
    }

    private static List<String> logged(String level) {
        return CapturedLog.LINES.stream().filter(line -> line.startsWith(level)).toList();
    }

    private static String hash(String text) {
        return PolicyReader.hash(text.getBytes(StandardCharsets.UTF_8));
    }

    private AuditEntry swap(String actor, String before, String after, long epoch) {
        return new AuditEntry(
                actor,
                "policy:swap",
                path.toString(),
                Outcome.DONE,
                Map.of("before", before, "after", after, "epoch", Long.toString(epoch)));
    }

    private AuditEntry refusal(String actor, String before, String after, String where) {
        return new AuditEntry(
                actor,
                "policy:swap",
                path.toString(),
                Outcome.FAILED,
                Map.of("before", before, "after", after, "where", where));
    }

    // ---- swaps ----

    @Test
    void putsWhatTheFileHasInForceAndAuditsItWithBothHashes() throws IOException {
        write(ONE);
        start();
        assertThat(allows("one")).isTrue();
        assertThat(inForce.epoch()).isEqualTo(1);
        write(TWO);
        look();
        assertThat(allows("one")).isFalse();
        assertThat(allows("two")).isTrue();
        assertThat(inForce.epoch()).isEqualTo(2);
        assertThat(changes).hasValue(2);
        assertThat(trail.entries)
                .containsExactly(
                        swap("symphony.rbac", "", hash(ONE), 1), swap("symphony.rbac", hash(ONE), hash(TWO), 2));
        assertThat(logged("INFO"))
                .containsExactly(
                        "INFO symphony.rbac: policy " + path
                                + " is in force, epoch 1: 0 roles, 1 bundles, 0 users, SHA-256 " + hash(ONE),
                        "INFO symphony.rbac: policy " + path
                                + " is in force, epoch 2: 0 roles, 1 bundles, 0 users, SHA-256 " + hash(TWO));
        assertThat(keeper.problem()).isEmpty();
    }

    @Test
    void changesNothingWhileTheFileStaysAsItIs() throws IOException {
        write(ONE);
        start();
        for (int i = 0; i < 5; i++) {
            assertThat(keeper.look()).isFalse();
            write(ONE);
        }
        assertThat(inForce.epoch()).isEqualTo(1);
        assertThat(trail.entries).hasSize(1);
    }

    @Test
    void takesAFileThatIsMovedIntoItsPlace() throws IOException {
        write(ONE);
        start();
        Path beside = temp.resolve("policy.new");
        PolicyFileTest.write(beside, TWO);
        Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE);
        look();
        assertThat(allows("two")).isTrue();
    }

    /** It is whole when two looks have found the same. */
    @Test
    void takesNoFileThatIsJustBeingWritten() throws IOException {
        write(ONE);
        start();
        Files.writeString(path, "", StandardOpenOption.TRUNCATE_EXISTING);
        assertThat(keeper.look()).isTrue();
        for (int at = 10; at < TWO.length(); at += 10) {
            Files.writeString(path, TWO.substring(0, at));
            assertThat(keeper.look()).isTrue();
        }
        Files.writeString(path, TWO);
        assertThat(keeper.look()).isTrue();
        assertThat(allows("one")).isTrue();
        assertThat(keeper.look()).isFalse();
        assertThat(allows("two")).isTrue();
        assertThat(logged("WARN")).isEmpty();
        assertThat(trail.entries).hasSize(2);
    }

    /** The first half of the new one over the old one is a policy, too, and nobody wrote it. */
    @Test
    void takesNoMixtureOfTwoPolicies() throws IOException {
        String before = Policies.json(
                "{'version': 1, 'bundles': {'shop': {'grants': ['event:publish:a']},\n 'b': {'grants': ['*:*:*']}}}");
        String after = Policies.json(
                "{'version': 1, 'bundles': {'b'   : {'grants': ['event:publish:a']},\n 'x': {'grants': ['a:b:c']}}}");
        String mixed = Policies.json(
                "{'version': 1, 'bundles': {'x'   : {'grants': ['event:publish:a']},\n 'b': {'grants': ['*:*:*']}}}");
        write(before);
        start();
        Files.writeString(path, mixed);
        assertThat(keeper.look()).isTrue();
        Files.writeString(path, after);
        look();
        assertThat(inForce.policy().hash()).isEqualTo(hash(after));
        assertThat(trail.entries).doesNotContain(swap("symphony.rbac", hash(before), hash(mixed), 2));
    }

    // ---- refusals ----

    @Test
    void keepsThePolicyBeforeWhereTheNewOneIsNone() throws IOException {
        write(ONE);
        start();
        write(BAD);
        look();
        assertThat(allows("one")).isTrue();
        assertThat(inForce.epoch()).isEqualTo(1);
        assertThat(keeper.problem()).startsWith("line 2, column 34: grant 'event:publish:**': in segment '**'");
        assertThat(logged("WARN"))
                .singleElement()
                .asString()
                .startsWith("WARN symphony.rbac: " + path + " is refused, line 2, column 34: grant 'event:publish:**'")
                .endsWith("write one * at the end; the policy before stays in force");
        assertThat(trail.entries)
                .containsExactly(
                        swap("symphony.rbac", "", hash(ONE), 1),
                        refusal("symphony.rbac", hash(ONE), hash(BAD), "line 2, column 34"));
        look();
        look();
        assertThat(trail.entries).as("told once").hasSize(2);
        write(ONE);
        look();
        assertThat(keeper.problem()).isEmpty();
        assertThat(inForce.epoch()).isEqualTo(1);
        assertThat(logged("INFO")).last().asString().endsWith("is again as it is in force");
    }

    @Test
    void keepsThePolicyBeforeWhateverTakesTheFilesPlace() throws IOException {
        write(ONE);
        start();
        Files.delete(path);
        Files.createSymbolicLink(path, temp.resolve("elsewhere.json"));
        look();
        assertThat(keeper.problem()).startsWith("it is a link to ");
        Files.delete(path);
        Files.createDirectory(path);
        look();
        assertThat(keeper.problem()).startsWith("it is a folder");
        Files.delete(path);
        write(" ".repeat(Limits.FILE_BYTES + 1));
        look();
        assertThat(keeper.problem()).startsWith("it has 1048577 bytes");
        write(TWO.substring(0, 30));
        look();
        assertThat(keeper.problem()).startsWith("line 1, column 31: no JSON: ");
        write("");
        look();
        assertThat(keeper.problem()).startsWith("line 1, column 1: the policy is empty");
        write(TWO);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
        look();
        assertThat(keeper.problem()).startsWith("it is open to other users (rw-r--r--)");
        Files.delete(path);
        look();
        assertThat(keeper.problem()).isEqualTo("it is gone; put it back");
        assertThat(logged("WARN")).hasSize(7).allMatch(line -> line.contains("stays in force"));
        assertThat(trail.entries)
                .filteredOn(entry -> entry.outcome() == Outcome.FAILED)
                .hasSize(6);
        assertThat(allows("one")).isTrue();
        assertThat(inForce.epoch()).isEqualTo(1);
        write(TWO);
        look();
        assertThat(allows("two")).isTrue();
        assertThat(keeper.problem()).isEmpty();
    }

    @Test
    void auditsNothingThatStandsInTheFile() throws IOException {
        write(ONE);
        start();
        write("correct horse battery staple");
        look();
        assertThat(trail.entries.toString()).doesNotContain("horse", "correct");
    }

    // ---- without a file ----

    @Test
    void deniesEverythingWhereThereIsNoFileAndSaysWhatToDo() throws IOException {
        start();
        assertThat(inForce.policy().origin()).isEqualTo(Origin.NONE);
        assertThat(keeper.problem()).isEqualTo("no policy is in force: write " + path);
        assertThat(logged("ERROR"))
                .containsExactly("ERROR symphony.rbac: no policy is in force: " + path
                        + " is not there; everything is denied until it is; docs/security.md says how to write one");
        look();
        assertThat(logged("ERROR")).hasSize(1);
        write(ONE);
        look();
        assertThat(allows("one")).isTrue();
    }

    @Test
    void deniesEverythingWhereTheFirstFileIsNone() throws IOException {
        for (boolean development : new boolean[] {false, true}) {
            write(BAD);
            CapturedLog.LINES.clear();
            start(development, true, true);
            assertThat(inForce.policy().origin()).isEqualTo(Origin.NONE);
            assertThat(keeper.problem()).contains("line 2, column 34: grant 'event:publish:**'");
            assertThat(logged("ERROR"))
                    .singleElement()
                    .asString()
                    .contains(
                            "no policy is in force: " + path + " is refused, line 2, column 34",
                            "everything is denied until it is mended");
        }
    }

    @Test
    void makesAPolicyForDevelopmentUntilThereIsAFile() throws IOException {
        start(true, true, true);
        assertThat(inForce.policy().origin()).isEqualTo(Origin.GENERATED);
        assertThat(allows("anything")).isTrue();
        assertThat(logged("WARN"))
                .singleElement()
                .asString()
                .startsWith("WARN symphony.rbac: *** GENERATED POLICY *** " + path + " is not there");
        assertThat(trail.entries)
                .singleElement()
                .satisfies(entry -> assertThat(entry.target()).isEqualTo("generated policy"));
        look();
        write(BAD);
        look();
        assertThat(allows("anything")).isTrue();
        assertThat(logged("WARN"))
                .last()
                .asString()
                .endsWith(
                        "write one * at the end; the generated policy stays in force, by which any bundle may publish, "
                                + "subscribe and schedule, and the shell may do everything");
        write(ONE);
        look();
        assertThat(allows("anything")).isFalse();
        assertThat(allows("one")).isTrue();
        Files.delete(path);
        look();
        assertThat(inForce.policy().origin()).isEqualTo(Origin.FILE);
        assertThat(allows("anything")).isFalse();
    }

    @Test
    void takesTheGeneratedPolicyFromAFileLikeAnyOther() throws IOException {
        write(new String(GeneratedPolicy.content(), StandardCharsets.UTF_8));
        start();
        assertThat(inForce.policy().origin()).isEqualTo(Origin.FILE);
        assertThat(allows("anything")).isTrue();
    }

    // ---- audit ----

    @Test
    void putsNothingInForceThatCannotBeAudited() throws IOException {
        write(ONE);
        start();
        trail.broken = true;
        write(TWO);
        for (int i = 0; i < 3; i++) {
            look();
            assertThat(allows("one")).isTrue();
            assertThat(allows("two")).isFalse();
        }
        assertThat(keeper.problem())
                .startsWith("it is not put in force before that is audited, which failed: ")
                .contains("the disk is full");
        assertThat(logged("WARN")).singleElement().asString().contains("is not put in force before that is audited");
        trail.broken = false;
        look();
        assertThat(allows("two")).isTrue();
        assertThat(keeper.problem()).isEmpty();
        assertThat(trail.entries)
                .containsExactly(
                        swap("symphony.rbac", "", hash(ONE), 1), swap("symphony.rbac", hash(ONE), hash(TWO), 2));
    }

    @Test
    void forgetsWhatWaitedForTheAuditWhenItIsTakenBack() throws IOException {
        write(ONE);
        start();
        trail.broken = true;
        write(TWO);
        look();
        write(ONE);
        look();
        assertThat(keeper.problem()).isEmpty();
        trail.broken = false;
        look();
        assertThat(inForce.epoch()).isEqualTo(1);
        assertThat(trail.entries).hasSize(1);
    }

    @Test
    void putsTheFirstPolicyOfAStartInForceAndAuditsItLater() throws IOException {
        trail.broken = true;
        write(ONE);
        start();
        assertThat(allows("one")).isTrue();
        assertThat(logged("WARN")).singleElement().asString().contains("could not be audited yet");
        look();
        assertThat(logged("WARN")).hasSize(1);
        trail.broken = false;
        look();
        look();
        assertThat(trail.entries).containsExactly(swap("symphony.rbac", "", hash(ONE), 1));
    }

    @Test
    void neverPutsALaterPolicyInForceWithoutAuditWhereSecurityIsRequired() throws IOException {
        write(ONE);
        start(false, true, false);
        write(TWO);
        look();
        assertThat(allows("one")).isTrue();
        write(ONE);
        start(false, false, false);
        write(TWO);
        look();
        assertThat(allows("two")).as("where it is not, the log has it").isTrue();
        assertThat(logged("INFO"))
                .anyMatch(line -> line.startsWith("INFO audit: policy:swap " + path + " DONE by symphony.rbac"));
    }

    // ---- reload ----

    @Test
    void reloadsAtOnceAndSaysWhatBecameOfIt() throws IOException {
        write(ONE);
        start();
        assertThat(keeper.reload("ada")).isEqualTo(new PolicyReload.Unchanged(hash(ONE)));
        write(TWO);
        assertThat(keeper.reload("ada")).isEqualTo(new PolicyReload.Swapped(hash(ONE), hash(TWO), 2));
        write(BAD);
        assertThat(keeper.reload("ada"))
                .isInstanceOfSatisfying(
                        PolicyReload.Refused.class,
                        refused -> assertThat(refused.reason()).startsWith("line 2, column 34"));
        assertThat(keeper.reload("ada")).isInstanceOf(PolicyReload.Refused.class);
        assertThat(trail.entries)
                .containsExactly(
                        swap("symphony.rbac", "", hash(ONE), 1),
                        swap("ada", hash(ONE), hash(TWO), 2),
                        refusal("ada", hash(TWO), hash(BAD), "line 2, column 34"));
        Files.delete(path);
        assertThat(keeper.reload("ada")).isEqualTo(new PolicyReload.Refused("it is gone; put it back"));
        trail.broken = true;
        write(ONE);
        assertThat(keeper.reload("ada"))
                .isInstanceOfSatisfying(
                        PolicyReload.Refused.class,
                        refused -> assertThat(refused.reason()).contains("before that is audited"));
        assertThat(allows("two")).isTrue();
    }

    @Test
    void looksAtAnotherFileOnceItIsTold() throws IOException {
        write(ONE);
        start();
        Path other = temp.resolve("other.json");
        keeper.moveTo(new PolicyFile(other));
        look();
        assertThat(allows("one")).isTrue();
        assertThat(keeper.problem())
                .isEqualTo(other + " is not there, and the policy of " + path + " stays in force; write the file");
        PolicyFileTest.write(other, TWO);
        look();
        assertThat(allows("two")).isTrue();
        assertThat(inForce.decide("shop", Permission.of("event:publish:two")).rule())
                .startsWith("other.json line 1");
    }

    /** It may just be written there. */
    @Test
    void takesAFileInAnotherPlaceWhenTwoLooksHaveFoundIt() throws IOException {
        write(ONE);
        start();
        Path other = temp.resolve("other.json");
        PolicyFileTest.write(other, BAD);
        keeper.moveTo(new PolicyFile(other));
        assertThat(keeper.look()).isTrue();
        PolicyFileTest.write(other, TWO);
        assertThat(keeper.look()).isTrue();
        assertThat(allows("one")).isTrue();
        assertThat(keeper.look()).isFalse();
        assertThat(allows("two")).isTrue();
        assertThat(logged("WARN")).isEmpty();
    }

    /** The generated one is no exception: the first look found a file that is refused, and now it is gone. */
    @Test
    void retriesAGeneratedPolicyThatCouldNotBeAudited() throws IOException {
        write(BAD);
        start(true, true, true);
        trail.broken = true;
        Files.delete(path);
        for (int i = 0; i < 3; i++) {
            look();
            assertThat(inForce.policy().origin()).isEqualTo(Origin.NONE);
        }
        assertThat(logged("WARN")).as("nothing is generated yet").noneMatch(line -> line.contains("GENERATED"));
        trail.broken = false;
        look();
        assertThat(inForce.policy().origin()).isEqualTo(Origin.GENERATED);
        assertThat(logged("WARN")).last().asString().contains("*** GENERATED POLICY ***");
        look();
        look();
        assertThat(trail.entries)
                .filteredOn(entry -> entry.target().equals("generated policy"))
                .hasSize(1);
    }

    @Test
    void tellsTheAuditOfTheFirstPolicyBeforeAnyOther() throws IOException {
        trail.broken = true;
        write(ONE);
        start();
        write(TWO);
        look();
        assertThat(allows("one")).isTrue();
        trail.broken = false;
        assertThat(keeper.look()).isTrue();
        assertThat(keeper.look()).isFalse();
        assertThat(allows("two")).isTrue();
        assertThat(trail.entries)
                .containsExactly(
                        swap("symphony.rbac", "", hash(ONE), 1), swap("symphony.rbac", hash(ONE), hash(TWO), 2));
    }

    @Test
    void tellsTheAuditOfTheFirstPolicyAtTheLatestWhenItEnds() throws IOException {
        trail.broken = true;
        write(ONE);
        start();
        trail.broken = false;
        keeper.close();
        assertThat(trail.entries).containsExactly(swap("symphony.rbac", "", hash(ONE), 1));
        trail.broken = true;
        start();
        keeper.close();
        assertThat(logged("ERROR"))
                .singleElement()
                .asString()
                .startsWith("ERROR symphony.rbac: the audit does not know that the policy " + path
                        + " was in force, SHA-256 " + hash(ONE) + ": ");
    }
}
