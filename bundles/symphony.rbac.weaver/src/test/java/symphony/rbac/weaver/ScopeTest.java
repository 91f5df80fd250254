package symphony.rbac.weaver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Whose classes may inherit demands that they do not name. */
class ScopeTest {
    private static final String API = "symphony.api.rbac";
    private static final String EXTENDER = "osgi.extender";

    private final TestWiring framework = new TestWiring("framework", 0);
    private final TestWiring api = new TestWiring("symphony.api").exporting(API);
    private final TestWiring weaver = new TestWiring("symphony.rbac.weaver");
    private final TestWiring shop = new TestWiring("shop");
    private final Scope scope = new Scope();

    private boolean contains(TestWiring wiring) {
        return scope.contains(wiring.wiring);
    }

    @Test
    void isNotForThoseWhoHaveNothingToDoWithPermissions() {
        shop.importing("org.osgi.framework", framework)
                .importing("javax.sql", framework)
                .importing("some.library", new TestWiring("library"))
                .importing("symphony.api.event", api)
                .wiredTo(new TestWiring("extender"), EXTENDER, "osgi.component");
        assertThat(contains(shop)).isFalse();
    }

    @Test
    void isForThoseWhoRequireTheWeaverAndForWhoeverIsWiredToThem() {
        var contract = new TestWiring("contract").wiredTo(weaver, EXTENDER, "symphony.rbac.weaver");
        var between = new TestWiring("between").importing("contract", contract);
        shop.importing("between", between);
        assertThat(contains(contract)).isTrue();
        assertThat(contains(shop)).isTrue();
    }

    @Test
    void isForThoseWhoImportTheAnnotations() {
        assertThat(contains(shop.importing(API, api))).isTrue();
        assertThat(contains(new TestWiring("symphony.scheduler").importing(API, api)))
                .as("of ours, which asks for permissions")
                .isFalse();
        assertThat(contains(new TestWiring("bot").importing("symphony.api.nlp", api)))
                .isTrue();
    }

    @Test
    void isForThoseWhoRequireTheBundleThatHasTheAnnotations() {
        assertThat(contains(shop.wiredTo(api, "osgi.wiring.bundle", "symphony.api")))
                .isTrue();
        assertThat(contains(
                        new TestWiring("other").wiredTo(new TestWiring("library"), "osgi.wiring.bundle", "library")))
                .isFalse();
    }

    /** The wire to whom they inherit from comes after their class was looked at. */
    @Test
    void isForThoseWhoMayGetAWireAtAnyTime() {
        var open = new TestWiring("open").importingDynamically("*");
        assertThat(contains(open)).isTrue();
        assertThat(contains(shop.importing("open", open))).isTrue();
        assertThat(contains(new TestWiring("named").importingDynamically("acme.contracts")))
                .isTrue();
        assertThat(contains(new TestWiring("logs").importingDynamically("org.osgi.service.log")))
                .as("as many do")
                .isFalse();
    }

    @Test
    void isForThoseWhoHavePackagesOfTheHost() {
        assertThat(contains(shop.importing("com.acme.host", framework))).isTrue();
    }

    @Test
    void isForThoseOfWhomAClassNamesTheAnnotationsAndForWhoeverIsWiredToThem() {
        var contract = new TestWiring("contract");
        shop.importing("contract", contract);
        assertThat(contains(shop)).isFalse();
        scope.add(contract.wiring);
        assertThat(contains(shop)).isTrue();
        contract.gone();
        scope.forgetGone();
        assertThat(contains(new TestWiring("later").importing("contract", new TestWiring("contract"))))
                .isFalse();
    }

    /** It has no wires any more that could tell. */
    @Test
    void isForThoseWhoAreGone() {
        assertThat(contains(shop.gone())).isTrue();
    }
}
