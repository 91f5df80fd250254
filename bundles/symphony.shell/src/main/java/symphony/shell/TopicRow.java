package symphony.shell;

import java.util.List;

/**
 * A topic or topic filter.
 *
 * @param topic the topic
 * @param subscriptions identities of those that ask for exactly this
 */
public record TopicRow(String topic, List<String> subscriptions) {}
