package symphony.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LimitTest {
    private static final Limit START = new Limit("start, ms", "%,.0f", 2000, 1200);

    @Test
    void tellsWhetherBoundAndAimAreReached() {
        assertThat(START.verdict(1200)).isEqualTo("aim reached");
        assertThat(START.verdict(1201)).isEqualTo("reached");
        assertThat(START.verdict(2000)).isEqualTo("reached");
        assertThat(START.verdict(2001)).isEqualTo("missed");
    }

    @Test
    void saysNothingWhereThereIsNoLimit() {
        var limit = Limit.none("depth", "%.1f");
        assertThat(limit.verdict(5)).isEmpty();
        assertThat(limit.limitText(limit.bound())).isEmpty();
    }

    @Test
    void showsTheMedianAndItsSpread() {
        var figures = new Figures();
        figures.add(START, 1900);
        figures.add(START, 2500);
        figures.add(START, 1100);
        figures.add(Limit.none("depth", "%.1f"), 3);
        assertThat(figures.table()).hasToString("""
                        | what      |    is |   min |   max | times |   bound |     aim |         |
                        |-----------|------:|------:|------:|------:|--------:|--------:|--------:|
                        | start, ms | 1,900 | 1,100 | 2,500 |     3 | ≤ 2,000 | ≤ 1,200 | reached |
                        | depth     |   3.0 |       |       |     1 |         |         |         |
                        """);
    }
}
