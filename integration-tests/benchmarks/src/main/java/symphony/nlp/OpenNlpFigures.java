package symphony.nlp;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import opennlp.tools.doccat.DoccatFactory;
import opennlp.tools.doccat.DocumentCategorizerME;
import opennlp.tools.doccat.DocumentSample;
import opennlp.tools.ml.naivebayes.NaiveBayesTrainer;
import opennlp.tools.tokenize.SimpleTokenizer;
import opennlp.tools.util.CollectionObjectStream;
import opennlp.tools.util.TrainingParameters;
import symphony.api.nlp.Example;

/**
 * The document categoriser of Apache OpenNLP, learnt from the same examples: naive Bayes over lower-case words, which of its trainers is
 * the best here that takes seconds. It takes words that come once, too (a cutoff of 0): with its default of 5 it knows fewer.
 */
final class OpenNlpFigures {
    private final DocumentCategorizerME categorizer;

    private OpenNlpFigures(DocumentCategorizerME categorizer) {
        this.categorizer = categorizer;
    }

    static OpenNlpFigures train(List<Example> examples) throws IOException {
        var samples = new CollectionObjectStream<>(examples.stream()
                .map(example -> new DocumentSample(example.intent(), words(example.utterance())))
                .toList());
        var parameters = new TrainingParameters();
        parameters.put(TrainingParameters.ALGORITHM_PARAM, NaiveBayesTrainer.NAIVE_BAYES_VALUE);
        parameters.put(TrainingParameters.CUTOFF_PARAM, 0);
        return new OpenNlpFigures(
                new DocumentCategorizerME(DocumentCategorizerME.train("en", samples, parameters, new DoccatFactory())));
    }

    private static String[] words(String utterance) {
        return SimpleTokenizer.INSTANCE.tokenize(utterance.toLowerCase(Locale.ROOT));
    }

    String best(String utterance) {
        return categorizer.getBestCategory(categorizer.categorize(words(utterance)));
    }

    /** Share of examples whose best category is right. */
    double accuracy(List<Example> examples) {
        long right = examples.stream()
                .filter(example -> best(example.utterance()).equals(example.intent()))
                .count();
        return (double) right / examples.size();
    }
}
