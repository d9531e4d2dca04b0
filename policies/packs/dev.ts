import { servePack } from "../pack";

servePack("dev");
