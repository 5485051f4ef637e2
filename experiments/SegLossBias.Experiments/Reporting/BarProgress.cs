using System.Globalization;
using Spectre.Console;

namespace SegLossBias.Experiments.Reporting;

/// <summary>
/// Fills the bar of a run and that of all runs. The bars hold the steps that this process trains, so that Spectre's time left
/// counts those alone.
/// </summary>
internal sealed class BarProgress(
    string label, int epochs, int stepsPerEpoch, TimeLeft left, ProgressTask run, ProgressTask all) : ITrainingProgress
{
    private string _scores = "";

    public void Begin(int finished)
    {
        left.Begin(finished);
        run.MaxValue = Math.Max(1, (epochs - finished) * stepsPerEpoch);
        all.MaxValue = Math.Max(1, all.Value + (left.Epochs * stepsPerEpoch));
    }

    public void Again(int finished, string why)
    {
        var undone = run.Value - (run.MaxValue - ((epochs - finished) * stepsPerEpoch));
        run.Increment(-undone);
        all.Increment(-undone);
        _scores = $"  again after: {why}";
    }

    public void Step(double loss)
    {
        run.Increment(1);
        all.Increment(1);
        Describe(loss);
    }

    public void Epoch(EpochRecord epoch)
    {
        left.EpochTrained();
        var sizeError = (epoch.PredictedSize / epoch.TrueSize) - 1;
        _scores = string.Create(CultureInfo.InvariantCulture, $"  {epoch.Epoch}/{epochs}  DSC {100 * epoch.Dice:0.0} %  size {100 * sizeError:+0;-0;0} %");
        Describe(epoch.TrainLoss);
    }

    private void Describe(double loss) =>
        run.Description = Markup.Escape(string.Create(CultureInfo.InvariantCulture, $"{label,-10} loss {loss:0.0000}{_scores}"));
}
