package symphony.benchmarks.rig;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import symphony.benchmarks.load.Order;
import symphony.benchmarks.load.Sink;

/** An order as 200 bytes, each field at its place: number, amount, customer, note; the rest is zero. */
final class FixedLayout {
    static final int BYTES = 200;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle DOUBLE = MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.BIG_ENDIAN);
    private static final int AMOUNT = 8;
    private static final int CUSTOMER = 16;
    private static final int NOTE = CUSTOMER + Order.CUSTOMER_CHARS;

    private FixedLayout() {}

    static byte[] write(Order order) {
        var bytes = new byte[BYTES];
        LONG.set(bytes, 0, order.number());
        DOUBLE.set(bytes, AMOUNT, order.amount());
        copy(order.customer(), bytes, CUSTOMER);
        copy(order.note(), bytes, NOTE);
        return bytes;
    }

    private static void copy(String text, byte[] bytes, int place) {
        byte[] ascii = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(ascii, 0, bytes, place, ascii.length);
    }

    static void read(byte[] bytes, Sink sink) {
        sink.handled(
                Order.mark(Order.CUSTOMER_CHARS, bytes[CUSTOMER], bytes[NOTE - 1]),
                (long) LONG.get(bytes, 0),
                (double) DOUBLE.get(bytes, AMOUNT),
                Order.mark(Order.NOTE_CHARS, bytes[NOTE], bytes[NOTE + Order.NOTE_CHARS - 1]));
    }
}
