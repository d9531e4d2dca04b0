import { servePack } from "../pack";

servePack("strict");
