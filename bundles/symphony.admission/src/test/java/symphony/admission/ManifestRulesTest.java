package symphony.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.jar.Attributes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import symphony.component.Principal;

final class ManifestRulesTest {
    private static final String HERE = "file:/load/acme.jar";

    private final ManifestRules rules = new ManifestRules(
            "org.apache.felix.framework"::equals,
            (name, location) -> name.equals("org.taken") && !location.equals(HERE));

    private final Map<String, String> headers =
            new HashMap<>(Map.of("Bundle-SymbolicName", "acme", "Bundle-Version", "1.2.3"));

    private void refuses(String header, String value, String reason) {
        headers.put(header, value);
        assertThatThrownBy(() -> rules.check(headers, "file:/load/other.jar"))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void takesABundle() throws Exception {
        headers.put(
                "Export-Package", "acme.api;version=\"1.0\";uses:=\"symphony.api.event\",acme.symphony.x,symphonyx.y");
        headers.put("Import-Package", "symphony.api.event;version=\"[1.0,2)\"");
        headers.put(
                "Provide-Capability", "osgi.extender;osgi.extender=\"acme.extender\",osgi.service;objectClass=\"x\"");
        headers.put("Require-Capability", "osgi.extender;filter:=\"(osgi.extender=symphony.rbac.weaver)\"");
        assertThat(rules.check(headers, HERE)).isEqualTo("acme 1.2.3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "user:ada", "bundle-7", "a,b", "a..b", "\u0430cme"})
    void refusesNamesThatAreNone(String name) {
        refuses("Bundle-SymbolicName", name, "its Bundle-SymbolicName is");
    }

    @Test
    void refusesOneWithoutAName() {
        headers.remove("Bundle-SymbolicName");
        assertThatThrownBy(() -> rules.check(headers, HERE)).hasMessageContaining("without one it is no bundle");
    }

    @ParameterizedTest
    @ValueSource(strings = {"org.taken", "org.taken;singleton:=true", " org.taken ; x=y"})
    void refusesTheNameOfWhatWasThereBefore(String name) {
        refuses("Bundle-SymbolicName", name, "org.taken, that of a bundle that was there before");
    }

    @Test
    void takesAnUpdateOfWhatWasThereBefore() throws Exception {
        headers.put("Bundle-SymbolicName", "org.taken");
        assertThat(rules.check(headers, HERE)).isEqualTo("org.taken 1.2.3");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "system.bundle",
                "system.bundle;extension:=framework",
                "system.bundle; extension := \"bootclasspath\"",
                "org.apache.felix.framework",
                " system.bundle "
            })
    void refusesExtensionsOfTheFramework(String host) {
        refuses("Fragment-Host", host, "an extension of the framework");
    }

    @Test
    void refusesActivatorsOfExtensions() {
        refuses("ExtensionBundle-Activator", "acme.Activator", "for extensions of the framework");
    }

    @ParameterizedTest
    @ValueSource(strings = {"symphony.crypto", "symphony.api;bundle-version=\"[0,9)\"", "symphony"})
    void refusesFragmentsOfOurs(String host) {
        refuses("Fragment-Host", host, "a fragment of symphony");
    }

    @Test
    void takesAFragmentOfAnother() throws Exception {
        headers.put("Fragment-Host", "acme.host;bundle-version=\"1.0\"");
        rules.check(headers, HERE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "symphony.api.rbac",
                "acme,symphony.api",
                "acme;symphony.evil;version=1",
                "acme;x=\"a,b;c\", symphony.api.event ;version=\"9\"",
                "symphony",
                "acme;x=\"\\\",symphony.quoted\",symphony.real"
            })
    void refusesExportsOfOurPackages(String exports) {
        refuses("Export-Package", exports, "it exports package symphony");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a\"b,symphony.api.event,c\"d", "x;y=a\"b,symphony.api.event,c\"d", "\"symphony.api\"", "a\\b"})
    void refusesWhatNotEverybodyWouldReadAlike(String exports) {
        refuses("Export-Package", exports, "its header Export-Package would not be read alike");
    }

    @Test
    void isNotMisledByQuotes() throws Exception {
        headers.put("Export-Package", "acme;x=\",symphony.quoted\"");
        rules.check(headers, HERE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "osgi.extender;osgi.extender=\"symphony.rbac.weaver\";version:Version=\"9\"",
                "osgi.extender;osgi.extender:String=symphony.rbac.weaver",
                "acme,symphony.evil;x=y",
                "osgi.extender;version=1;osgi.extender:List<String>=\"a,symphony.rbac.weaver\""
            })
    void refusesCapabilitiesOfOurs(String capabilities) {
        refuses("Provide-Capability", capabilities, "it provides a capability");
    }

    @Test
    void refusesAManifestThatNotEverybodyReadsAlike() {
        for (String manifest : new String[] {"A: b\r\rName: q\r\nFragment-Host: x\r\n", "A: \u0001b\r\n", "A: b\r"}) {
            assertThatThrownBy(() -> ManifestRules.checkBytes(manifest.getBytes(StandardCharsets.UTF_8)))
                    .hasMessageContaining("not everybody would read alike");
        }
    }

    @Test
    void refusesALongName() {
        refuses("Bundle-SymbolicName", "a.bb.".repeat(100_000) + "c", "has 500001 characters");
        assertThat(Principal.isSymbolicName("a.bb.".repeat(100_000) + "c")).isTrue();
    }

    @Test
    void takesHeadersByTheirNamesWhateverTheCase() {
        var main = new Attributes();
        main.putValue("bundle-symbolicname", "org.taken");
        assertThatThrownBy(() -> rules.check(ManifestRules.headers(main), "file:/load/other.jar"))
                .hasMessageContaining("was there before");
    }
}
