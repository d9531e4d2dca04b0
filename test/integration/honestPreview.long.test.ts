/** The same with 200 pools. */
import "./honestPreview.test";
