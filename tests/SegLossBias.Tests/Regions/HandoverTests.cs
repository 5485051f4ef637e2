using System.Diagnostics;

namespace SegLossBias.Tests.Regions;

/// <summary>How far apart calls of one node are kept that come from different threads.</summary>
public class HandoverTests
{
    [Fact]
    public void AnotherThread_WaitsUntilTheFirstHasSurelyGoneOn()
    {
        var handover = new Handover();
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
        Stopwatch.GetElapsedTime(before, entered).Should().BeGreaterThanOrEqualTo(Handover.Distance);
    }

    [Fact]
    public void OneThread_DoesNotWaitForItself()
    {
        const int Calls = 1000;
        var handover = new Handover();
        var before = Stopwatch.GetTimestamp();
        for (var call = 0; call < Calls; call++)
        {
            handover.Enter();
            handover.Leave();
        }

        Stopwatch.GetElapsedTime(before).Should().BeLessThan(Calls * Handover.Distance / 10);
    }
}
