import { answersContract } from './answers.ts';

answersContract();
