package symphony.it.container;

import java.io.IOException;
import org.junit.Test;

/** What the documentation says of attacks: each row names tests that there are, and that are not switched off. */
public class AttackTableIT {
    private static final int LEAST_ROWS = 47;

    @Test
    public void eachRowNamesTestsThatRun() throws IOException {
        new TableOfTests(2, "| attack |")
                .check("docs/security.md", "## Attacks and the tests that show them", LEAST_ROWS);
    }
}
