// In the place of cdktf's own: it records where each token is made, which takes half of the time of a synth under jest.
exports.captureStackTrace = () => [];
