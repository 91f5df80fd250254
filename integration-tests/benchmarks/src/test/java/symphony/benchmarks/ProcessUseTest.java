package symphony.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ProcessUseTest {
    private static final String STATUS = "Name:\tjava\nVmHWM:\t  170000 kB\nVmRSS:\t  120832 kB\nThreads:\t45\n";

    @Test
    void addsTheTimesOfUserAndSystem() {
        var stat = "4711 (java) S 1 4711 4711 0 -1 4194304 30542 0 12 0 468 24 7 9 20 0 45 0 1234 9 8 7";
        assertThat(ProcessUse.parse(stat, STATUS)).isEqualTo(new ProcessUse(492, 118L << 20));
    }

    @Test
    void isNotMisledByTheProgramsName() {
        var stat = "4711 (a b) 1 2 (c) S 1 4711 4711 0 -1 4194304 30542 0 12 0 468 24 7 9 20 0 45 0 1234 9 8 7";
        assertThat(ProcessUse.parse(stat, STATUS).cpuTicks()).isEqualTo(492);
    }

    @Test
    void saysWhatIsMissing() {
        var stat = "1 (java) S 1 1 1 0 -1 0 0 0 0 0 1 1 0 0";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProcessUse.parse(stat, "Name:\tjava\n"))
                .withMessageContaining("VmRSS");
    }
}
