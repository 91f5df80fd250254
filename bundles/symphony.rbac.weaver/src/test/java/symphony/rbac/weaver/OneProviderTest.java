package symphony.rbac.weaver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.osgi.framework.wiring.BundleCapability;

class OneProviderTest {
    private static final String EXTENDER = "osgi.extender";
    private static final String NAME = "symphony.rbac.weaver";

    private final TestWiring own = new TestWiring(NAME).providing(EXTENDER, NAME);
    private final TestWiring later = new TestWiring(NAME).providing(EXTENDER, NAME);
    private final TestWiring fake = new TestWiring("fake").providing(EXTENDER, NAME);
    private final TestWiring other = new TestWiring("scr").providing(EXTENDER, "osgi.component");
    private final OneProvider provider = new OneProvider(own.bundle);

    private List<BundleCapability> candidates(String namespace) {
        var candidates = new ArrayList<BundleCapability>();
        List.of(own, later, fake, other).forEach(wiring -> candidates.addAll(wiring.wiring.getCapabilities(null)));
        provider.begin(List.of()).filterMatches(TestWiring.requirement(namespace, Map.of()), candidates);
        return candidates;
    }

    @Test
    void leavesNobodyElseToBeWiredToForIt() {
        assertThat(candidates(EXTENDER))
                .extracting(capability -> capability.getRevision().getBundle())
                .containsExactly(own.bundle, later.bundle, other.bundle);
        assertThat(candidates("osgi.wiring.package")).hasSize(4);
    }

    @Test
    void findsWhoPretendsToBeIt() {
        assertThat(provider.pretender(fake.bundle)).contains("fake 1.2.3");
        assertThat(provider.pretender(own.bundle)).isEmpty();
        assertThat(provider.pretender(later.bundle)).isEmpty();
        assertThat(provider.pretender(other.bundle)).isEmpty();
    }
}
