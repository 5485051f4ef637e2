using static TorchSharp.torch;

namespace SegLossBias.Experiments.Learning;

/// <summary>Measures the network of a run on the cases of an experiment.</summary>
/// <param name="settings">Tolerance of surfaces.</param>
/// <param name="data">The cases.</param>
/// <param name="predictor">Applies the network to whole cases.</param>
internal sealed class RunMeasurement(ExperimentSettings settings, CaseSplits data, IPredictor predictor)
{
    /// <summary>
    /// After the last epoch; leaves in the run's folder the predicted masks of the shown cases, and of volumes all, and what region
    /// sizes and gradients are like on the validation cases.
    /// </summary>
    public (IReadOnlyList<CaseResult> Validation, IReadOnlyList<CaseResult> Test) Last(RunState run, string runFolder, ShownCases shown, CancellationToken stop)
    {
        var evaluator = Evaluator();
        var diagnostics = new RegionSizeDiagnostics();
        var validation = Predict(run, data.Validation, (item, logits) =>
        {
            run.Diagnose(diagnostics, item, logits);
            shown.WriteMask(runFolder, item, logits);
            SaveVolume(runFolder, item, logits);
            return evaluator.Add(item, logits);
        }, stop);
        var test = Predict(run, data.Test, (item, logits) =>
        {
            SaveVolume(runFolder, item, logits);
            return evaluator.Add(item, logits);
        }, stop);
        Directory.CreateDirectory(runFolder);
        diagnostics.Save(Path.Combine(runFolder, ResultFolder.DiagnosticsFile));
        return (validation, test);
    }

    /// <summary>With the weights of the best epoch.</summary>
    public BestEpoch Best(RunState run, EpochRecord best, CancellationToken stop)
    {
        var evaluator = Evaluator();
        return new(best.Epoch, Predict(run, data.Validation, evaluator.Add, stop), Predict(run, data.Test, evaluator.Add, stop));
    }

    /// <summary>Measures what the network, in evaluation mode, makes of cases.</summary>
    /// <param name="run">Whose network.</param>
    /// <param name="cases">Which; may be none.</param>
    /// <param name="measure">Is given each case with its logits, on the CPU.</param>
    /// <param name="stop">Ends it after the current case.</param>
    public List<T> Predict<T>(RunState run, IReadOnlyList<Case> cases, Func<Case, Tensor, T> measure, CancellationToken stop)
    {
        var results = new List<T>();
        run.Network.eval();
        using var withoutGradient = no_grad();
        foreach (var logits in cases.Count > 0 ? predictor.Logits(run.Network, cases) : [])
        {
            using (logits)
            {
                stop.ThrowIfCancellationRequested();
                results.Add(measure(cases[results.Count], logits));
            }
        }

        return results;
    }

    private CaseEvaluator Evaluator() => new(data.Classes, data.IgnoreIndex, settings.ToleranceMm);

    /// <summary>The predicted classes of a volume as <c>predictions/NAME.nii.gz</c>, with the geometry of its labels, for viewers.</summary>
    private static void SaveVolume(string runFolder, Case item, Tensor logits)
    {
        if (item.LabelFile is { } labels)
        {
            using var predicted = Prediction.Classes(logits);
            Directory.CreateDirectory(Path.Combine(runFolder, "predictions"));
            NiftiFile.SaveLabels(Path.Combine(runFolder, "predictions", item.Name + ".nii.gz"), predicted, NiftiFile.ReadHeader(labels));
        }
    }
}
