using System.Diagnostics;

namespace SegLossBias.Tests.Interop;

/// <summary>How far apart calls of one node are kept that come from different threads.</summary>
public class BackwardThreadGuardTests
{
    [Fact]
    public void AnotherThread_WaitsUntilTheFirstHasSurelyGoneOn()
    {
        var handover = new BackwardThreadGuard();
        handover.Enter();
        var before = Stopwatch.GetTimestamp();
        handover.Leave();
        var entered = 0L;
        var other = new Thread(() =>
        {
            handover.Enter();
            entered = Stopwatch.GetTimestamp();
        });
        other.Start();
        other.Join();
        Stopwatch.GetElapsedTime(before, entered).Should().BeGreaterThanOrEqualTo(BackwardThreadGuard.Distance);
    }

    [Fact]
    public void OneThread_DoesNotWaitForItself()
    {
        const int Calls = 1000;
        var handover = new BackwardThreadGuard();
        var before = Stopwatch.GetTimestamp();
        for (var call = 0; call < Calls; call++)
        {
            handover.Enter();
            handover.Leave();
        }

        Stopwatch.GetElapsedTime(before).Should().BeLessThan(Calls * BackwardThreadGuard.Distance / 10);
    }
}
