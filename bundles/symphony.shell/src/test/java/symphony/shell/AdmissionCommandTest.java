package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.admission.AdmissionMode;
import symphony.api.admission.AdmissionVerdict;
import symphony.api.admission.AdmissionVerdict.Standing;

@Timeout(120)
class AdmissionCommandTest {
    private final Rig rig = Rig.complete();

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void listsWhatWasJudged() {
        assertThat(rig.run("symphony:admission list"))
                .contains("symphony.example.orders 1.0.0", "ADMITTED", "0123456789abcdef…")
                .contains("acme.evil 1.0.0", "REFUSED", "it is not signed")
                .contains("/load/evil.jar", "it is no jar")
                .doesNotContain("symphony.api");
        assertThat(rig.run("symphony:admission list --all")).contains("symphony.api 0.1.0", "BEFORE");
        assertThat(rig.run("symphony:admission list --json")).contains("\"standing\":\"REFUSED\"");
    }

    @Test
    void saysWhatIsAskedWhereNothingWasJudged() {
        rig.admission.verdicts.clear();
        assertThat(rig.run("symphony:admission list")).isEqualTo("nothing was judged yet; bundles need not be signed");
        rig.admission.mode = AdmissionMode.SIGNED;
        assertThat(rig.run("symphony:admission list")).endsWith("only signed bundles may run");
        rig.admission.mode = AdmissionMode.OFF;
        assertThat(rig.run("symphony:admission list")).endsWith("all bundles may run");
    }

    @Test
    void explainsByIdNameAndFile() {
        assertThat(rig.run("symphony:admission explain 41")).isEqualTo("""
                mode          bundles need not be signed
                bundle 41     acme.evil 1.0.0
                standing      refused
                reason        it is not signed
                judged        2026-11-30T12:00:00Z""");
        assertThat(rig.run("symphony:admission explain symphony.example.orders"))
                .contains("admitted", "signed by     " + FakeAdmission.HASH);
        assertThat(rig.run("symphony:admission explain symphony.api")).contains("was there before");
        assertThat(rig.run("symphony:admission explain evil.jar"))
                .contains("file          /load/evil.jar", "SHA-256       " + FakeAdmission.HASH);
        assertThat(rig.run("symphony:admission explain nobody"))
                .contains("no bundle or refused file is called 'nobody'");
        assertThat(rig.run("symphony:admission explain acme")).contains("no bundle or refused file");
    }

    @Test
    void printsHarmlessly() {
        rig.admission.verdicts.add(new AdmissionVerdict(
                "/load/\u001b[2J.jar", -1, Standing.REFUSED, "\u202e", "", Set.of(), FakeAdmission.TIME));
        assertThat(rig.run("symphony:admission list")).doesNotContain("\u001b", "\u202e");
    }

    @Test
    void letsASignerBeTrusted(@TempDir Path folder) throws IOException {
        rig.session.currentDir(folder);
        assertThat(rig.run("symphony:admission trusted")).startsWith("nobody is trusted");
        Files.writeString(folder.resolve("ada.pem"), "CN=ada");
        assertThat(rig.run("symphony:admission trust ada.pem"))
                .isEqualTo("CN=ada is trusted until 2026-11-30T13:00:00Z: " + FakeAdmission.HASH);
        assertThat(rig.run("symphony:admission trusted")).contains("CN=ada", "2026-11-30T13:00:00Z");
        Files.writeString(folder.resolve("none.pem"), "none");
        assertThat(rig.run("symphony:admission trust none.pem")).contains("holds no certificate to trust");
        assertThat(rig.run("symphony:admission trust missing.pem")).contains("no file");
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertThat(rig.run("symphony:admission forget")).contains("unknown action 'forget'");
        assertThat(rig.run("symphony:admission list 7")).contains("list takes no name");
        assertThat(rig.run("symphony:admission explain")).contains("explain needs a BUNDLE");
        assertThat(rig.run("symphony:admission trust")).contains("trust needs a FILE");
        assertThat(rig.run("symphony:admission trusted --all")).contains("--all is for list");
        rig.services.admission.unbind(rig.admission);
        assertThat(rig.run("symphony:admission list")).contains("symphony.admission");
    }
}
