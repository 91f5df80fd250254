package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import symphony.api.nlp.Evaluation;
import symphony.api.nlp.Evaluation.Confusion;
import symphony.api.nlp.IntentTally;

class EvaluationPageTest {
    private static final String HARMFUL = "</title><script>alert('x')</script>\" onload=\"y & \u001b[2J\u202e\ud800";

    private static String page(String model, List<IntentTally> intents, List<Confusion> confusions) {
        var evaluation = new Evaluation(List.of("3"), 40, 0.9, 0.85, 0.02, 0.01, 10, 0.7, intents, confusions);
        return new EvaluationPage(model, "test.tsv", Rig.NOW, evaluation).html();
    }

    private static Document picture(String page) throws Exception {
        String svg = page.substring(page.indexOf("<svg"), page.indexOf("</svg>") + "</svg>".length());
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<Element> all(Document picture, String name) {
        NodeList found = picture.getElementsByTagName(name);
        var all = new ArrayList<Element>();
        for (int i = 0; i < found.getLength(); i++) {
            all.add((Element) found.item(i));
        }
        return all;
    }

    @Test
    void showsTheFigures() {
        String page = page("home", List.of(new IntentTally("on", 40, 40, 40)), List.of());
        assertThat(page)
                .contains("<td>home, version 3</td>", "<td>90.0 %</td>", "<td>0.850</td>", "<td>70.0 % of 10</td>")
                .contains("<p>There are none.</p>");
    }

    /** A square for what is right of each intent and for each error, as deep as it is large. */
    @Test
    void drawsWhichIntentsAreTakenForWhich() throws Exception {
        Document picture = picture(page(
                "home",
                List.of(new IntentTally("off", 10, 16, 10), new IntentTally("on", 16, 9, 9)),
                List.of(new Confusion("on", "off", 4, List.of("lights")), new Confusion("on", "", 3, List.of("hm")))));
        List<Element> squares = all(picture, "rect");
        assertThat(squares)
                .extracting(Element::getTextContent)
                .containsExactly(
                        "off: 10 of 10 are right",
                        "on: 9 of 16 are right",
                        "4 of 16 of on are taken for off",
                        "3 of 16 of on are taken for (none)");
        assertThat(Double.parseDouble(squares.get(1).getAttribute("fill-opacity")))
                .isCloseTo(9.0 / 16, within(0.01));
        assertThat(squares.get(2).getAttribute("x"))
                .as("column of off")
                .isEqualTo(squares.get(0).getAttribute("x"));
        assertThat(squares.get(2).getAttribute("y"))
                .as("row of on")
                .isEqualTo(squares.get(1).getAttribute("y"));
        assertThat(all(picture, "text"))
                .extracting(Element::getTextContent)
                .containsExactly("off", "off", "on", "on", "(none)");
    }

    @Test
    void escapesWhateverStoodInTheExamples() throws Exception {
        String intent = "a<b>&'\"";
        String page = page(
                "home",
                List.of(new IntentTally(intent, 2, 1, 1)),
                List.of(new Confusion(intent, "<i>", 1, List.of(HARMFUL, "x".repeat(10_000)))));
        assertThat(page)
                .doesNotContain("<script", "<b>", "<i>", "\" onload")
                .doesNotContain("\u001b", "\u202e", "\ud800")
                .contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot; onload=&quot;y &amp;"
                        + " \\u001b[2J\\u202e\\ud800")
                .contains("<td dir=\"auto\">a&lt;b&gt;&amp;&#39;&quot;</td>");
        assertThat(page).hasSizeLessThan(6_000);
        assertThat(all(picture(page), "rect"))
                .first()
                .extracting(Element::getTextContent)
                .isEqualTo(intent + ": 1 of 2 are right");
    }

    @Test
    void needsNothingElse() {
        assertThat(page("home", List.of(), List.of()))
                .contains("default-src 'none'")
                .doesNotContain("<script", "src=", "href=", "@import", "url(");
    }

    @Test
    void showsTheWorstOfManyIntents() throws Exception {
        var intents = new ArrayList<IntentTally>();
        var confusions = new ArrayList<Confusion>();
        for (int i = 0; i < 2000; i++) {
            intents.add(new IntentTally("i" + i, 10, 10, i < 10 ? 2 : 10));
            confusions.add(new Confusion("i" + i, "i" + (i + 1) % 2000, 1, List.of("utterance " + i)));
        }
        String page = page("home", intents, confusions);
        assertThat(page).contains("Shown are the 150 of 2 000 intents with the most errors.");
        assertThat(all(picture(page), "rect"))
                .extracting(Element::getTextContent)
                .contains("i0: 2 of 10 are right", "i9: 2 of 10 are right")
                .hasSizeLessThan(300);
        assertThat(page).as("no more than a browser likes").hasSizeLessThan(1_000_000);
    }
}
