import java.io.FileInputStream;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** One line per file: the flavour it declares, then « ok » or the rules it breaks. */
public class PdfJudge {
    public static void main(String[] files) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (String file : files) {
            try (FileInputStream in = new FileInputStream(file);
                    PDFAParser parser = Foundries.defaultInstance().createParser(in);
                    PDFAValidator judge =
                            Foundries.defaultInstance().createValidator(parser.getFlavour(), false)) {
                ValidationResult verdict = judge.validate(parser);
                StringBuilder said = new StringBuilder();
                for (TestAssertion broken : verdict.getTestAssertions()) {
                    said.append(" [").append(broken.getRuleId().getClause()).append("] ")
                            .append(broken.getMessage());
                }
                System.out.println(parser.getFlavour().getId()
                        + (verdict.isCompliant() ? " ok" : said.toString().replace('\n', ' ')));
            }
        }
    }
}
