using System.Runtime.InteropServices;

namespace SegLossBias.Experiments.Common;

/// <summary>
/// While it lives, turns the first Ctrl-C (or SIGTERM) into a request to stop; the second one, and any without it, ends the
/// program at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    /// <summary>What shells report for a program ended by Ctrl-C.</summary>
    public const int ExitCode = 130;

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;

    public Interruption()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        if (_source.IsCancellationRequested)
        {
            return;
        }

        context.Cancel = true;
        _source.Cancel();
    }
}
