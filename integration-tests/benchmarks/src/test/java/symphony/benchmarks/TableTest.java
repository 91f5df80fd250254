package symphony.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void alignsTextsLeftAndNumbersRight() {
        var table = new Table(1, "name", "n");
        table.row("a", "1");
        table.row("longer", "1,000");
        assertThat(table).hasToString("""
                | name   |     n |
                |--------|------:|
                | a      |     1 |
                | longer | 1,000 |
                """);
    }

    @Test
    void keepsABarWithinACell() {
        var table = new Table(1, "name");
        table.row("a|b");
        assertThat(table.toString()).endsWith("| a\\|b |\n");
    }

    @Test
    void refusesARowOfAnotherLength() {
        assertThatThrownBy(() -> new Table(1, "name").row("a", "b")).isInstanceOf(IllegalArgumentException.class);
    }
}
