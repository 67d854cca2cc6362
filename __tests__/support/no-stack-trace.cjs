// Replaces the module of cdktf that records where each token is made: half of the time of a synth under jest.
exports.captureStackTrace = () => [];
// The name of the same function in cdktn.
exports.captureCreationStack = () => [];
