/** The same with every server. */
import "./s3Conformance.test";
