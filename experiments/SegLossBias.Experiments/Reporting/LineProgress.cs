using System.Globalization;

namespace SegLossBias.Experiments.Reporting;

/// <summary>Writes a line for every epoch, with the time that all runs still take.</summary>
internal sealed class LineProgress(string label, int epochs, TimeLeft left, TextWriter output) : ITrainingProgress
{
    public void Begin(int finished)
    {
        left.Begin(finished);
        if (finished > 0)
        {
            output.WriteLine($"{label,-12} goes on after epoch {finished} of {epochs}");
        }
    }

    public void Again(int finished, string why) => output.WriteLine($"{label,-12} goes on after epoch {finished} of {epochs} again: {why}");

    public void Step(double loss)
    {
    }

    public void Epoch(EpochRecord epoch)
    {
        left.EpochTrained();
        var time = left.Estimate();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{label,-12} epoch {epoch.Epoch,3}/{epochs}  loss {epoch.TrainLoss:0.0000}{(epoch.Parts.Length > 0 ? $" ({epoch.Parts})" : "")}"
            + $"  validation loss {epoch.ValidationLoss:0.0000}  DSC {100 * epoch.Dice:0.0} %"
            + $"  size {100 * epoch.PredictedSize:0.00} % (true {100 * epoch.TrueSize:0.00} %)"
            + $"  {epoch.Seconds:0.0} s  left {(int)time.TotalHours}:{time:mm\\:ss}"));
    }
}
