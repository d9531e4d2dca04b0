import { servePack } from "./pack";

servePack("prod");
