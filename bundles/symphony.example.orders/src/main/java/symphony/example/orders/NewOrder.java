package symphony.example.orders;

/** The data of an event on {@code orders/new}, filled by name. */
public record NewOrder(String customer, double amount) {}
