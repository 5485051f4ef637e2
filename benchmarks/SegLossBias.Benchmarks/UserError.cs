namespace SegLossBias.Benchmarks;

/// <summary>Something the user can put right: printed as one line, without a stack trace.</summary>
internal sealed class UserError(string message) : Exception(message);
