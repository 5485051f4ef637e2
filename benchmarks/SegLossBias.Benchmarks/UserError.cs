namespace SegLossBias.Benchmarks;

/// <summary>Something the user can put right: printed as one line, without a stack trace.</summary>
internal sealed class UserError(string message, int exitCode = UserError.Failed) : Exception(message)
{
    /// <summary>The work could not be done.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int BadUsage = 2;

    public int ExitCode => exitCode;

    public static UserError Usage(string message) => new(message, BadUsage);
}
