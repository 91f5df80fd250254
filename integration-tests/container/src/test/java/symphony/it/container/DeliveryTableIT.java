package symphony.it.container;

import java.io.IOException;
import org.junit.Test;

/** What the documentation promises about deliveries: each row names tests that there are, and that are not switched off. */
public class DeliveryTableIT {
    private static final int LEAST_ROWS = 98;

    @Test
    public void eachRowNamesTestsThatRun() throws IOException {
        new TableOfTests(3, "| when |").check("docs/delivery.md", "", LEAST_ROWS);
    }
}
