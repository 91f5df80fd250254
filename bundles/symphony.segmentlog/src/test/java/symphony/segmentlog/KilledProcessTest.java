package symphony.segmentlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} while ten threads append: what was acknowledged is there, and all that is there was written, in order.
 * {@code -Dsegmentlog.kills=100} does it a hundred times, {@code -Dsegmentlog.seed} repeats a run.
 */
class KilledProcessTest {
    private static final int KILLS = Integer.getInteger("segmentlog.kills", 8);
    private static final long SEED = Long.getLong("segmentlog.seed", System.nanoTime());
    private static final int WRITERS = 10;
    private static final int LIVES_OF_A_FOLDER = 10;

    /** In every other life small segments, so that kills meet the change from one to the next. */
    private static SegmentLogOptions options(int life) {
        return SegmentLogOptions.defaults()
                .withSegmentBytes(life % 2 == 0 ? 256 << 10 : SegmentLogOptions.MIN_SEGMENT_BYTES);
    }

    @TempDir
    private Path temp;

    /** Appends with ten threads until it is killed; tells each acknowledged body, once it is. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] args) throws IOException {
            int life = Integer.parseInt(args[1]);
            SegmentLog log = SegmentLog.open(Path.of(args[0]), options(life));
            var out = new DataOutputStream(new FileOutputStream(FileDescriptor.out));
            for (int writer = 0; writer < WRITERS; writer++) {
                int number = writer;
                new Thread(() -> write(log, out, life, number)).start();
            }
        }

        private static void write(SegmentLog log, DataOutputStream out, int life, int writer) {
            try {
                for (int count = 0; ; count++) {
                    log.append(body(life, writer, count));
                    synchronized (out) {
                        out.write(ByteBuffer.allocate(8)
                                .putInt(writer)
                                .putInt(count)
                                .array());
                    }
                }
            } catch (IOException e) {
                e.printStackTrace();
                System.exit(1);
            }
        }
    }

    /** Tells by itself whether it is as it was written. */
    private static byte[] body(int life, int writer, int count) {
        var random = new Random(Arrays.hashCode(new int[] {life, writer, count}));
        byte[] body = new byte[12 + random.nextInt(400)];
        random.nextBytes(body);
        ByteBuffer.wrap(body).putInt(life).putInt(writer).putInt(count);
        return body;
    }

    @Test
    @Timeout(1800)
    void keepsWhatItAcknowledgedThroughEachKill() throws Exception {
        var random = new Random(SEED);
        long acknowledged = 0;
        int[][] known = new int[LIVES_OF_A_FOLDER][];
        for (int kill = 0; kill < KILLS; kill++) {
            Path folder = temp.resolve("log" + kill / LIVES_OF_A_FOLDER);
            int life = kill % LIVES_OF_A_FOLDER;
            String what = "kill " + kill + " of seed " + SEED;
            int bodies = 1 + random.nextInt(400);
            known[life] = live(folder, life, bodies, what);
            int more = Arrays.stream(known[life]).sum();
            assertThat(more).as(what).isGreaterThanOrEqualTo(bodies);
            acknowledged += more;
            check(folder, known, life, what);
        }
        System.out.println(KILLS + " kills of seed " + SEED + ": " + acknowledged + " bodies acknowledged, all there");
    }

    /** Kills it once so many bodies were acknowledged; returns how many of each writer were in the end. */
    private static int[] live(Path folder, int life, int bodies, String what) throws Exception {
        int[] acknowledged = new int[WRITERS];
        try (var child = new Child(Writer.class, folder.toString(), Integer.toString(life))) {
            var in = new DataInputStream(child.process().getInputStream());
            for (int i = 0; i < bodies; i++) {
                assertThat(read(in, acknowledged))
                        .as(() -> what + ": it ended by itself with "
                                + child.process().onExit().join().exitValue())
                        .isTrue();
            }
            child.kill();
            boolean isMore = true;
            while (isMore) {
                isMore = read(in, acknowledged);
            }
            return acknowledged;
        }
    }

    /** Whether there is another one; what was half told when it was killed counts for none. */
    private static boolean read(DataInputStream in, int[] acknowledged) throws IOException {
        try {
            int writer = in.readInt();
            assertThat(in.readInt()).isEqualTo(acknowledged[writer]);
            acknowledged[writer]++;
            return true;
        } catch (EOFException e) {
            return false;
        }
    }

    private static void check(Path folder, int[][] known, int lastLife, String what) throws IOException {
        int[][] found = new int[lastLife + 1][WRITERS];
        int life = 0;
        List<LogItem> items;
        try (LogReader reader = LogReader.open(folder, options(lastLife), Position.BEGIN)) {
            items = Log.items(reader);
        }
        for (LogItem item : items) {
            if (item instanceof Gap gap) {
                assertThat(gap.cause()).as("%s: %s", what, gap).isEqualTo(Gap.Cause.TORN);
            } else if (item instanceof Frame frame) {
                var body = ByteBuffer.wrap(frame.body());
                int ofLife = body.getInt();
                int writer = body.getInt();
                int count = body.getInt();
                assertThat(frame.body()).as(what).isEqualTo(body(ofLife, writer, count));
                assertThat(ofLife).as(what).isGreaterThanOrEqualTo(life);
                life = ofLife;
                assertThat(count).as(what).isEqualTo(found[life][writer]);
                found[life][writer]++;
            }
        }
        for (int each = 0; each <= lastLife; each++) {
            for (int writer = 0; writer < WRITERS; writer++) {
                // One body of each writer may be there without having been acknowledged.
                assertThat(found[each][writer] - known[each][writer])
                        .as("%s: life %d, writer %d", what, each, writer)
                        .isBetween(0, 1);
            }
        }
    }
}
