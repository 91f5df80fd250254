package symphony.example.orders;

import java.util.Locale;

/** The data of an event on {@code orders/invoiced}. */
public record Invoice(long number, String customer, double net, double tax) {
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "invoice %d: %s pays %.2f and %.2f tax", number, customer, net, tax);
    }
}
