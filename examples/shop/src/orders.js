// Part of the sample system: scanned for its configuration, never run.
exports.create = async (event) => ({ statusCode: 201, body: event.body });
