/** The same on both engines. */
import "./lifecycle.test";
