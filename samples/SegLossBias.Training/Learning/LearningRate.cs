namespace SegLossBias.Training;

/// <summary>The learning rate of each step: a pure function of the step and of the finished epochs, so that nothing need be saved.</summary>
internal static class LearningRate
{
    /// <summary>Epochs without a lower validation loss after which the plateau schedule halves the rate.</summary>
    public const int Patience = 5;

    /// <summary>The exponent of the polynomial schedule.</summary>
    public const double Power = 0.9;

    /// <param name="settings">Initial rate and schedule.</param>
    /// <param name="progress">Finished steps over all steps, 0 to 1.</param>
    /// <param name="validationLosses">Of the finished epochs, in order.</param>
    public static double At(ExperimentSettings settings, double progress, IEnumerable<double> validationLosses) => settings.LearningRate * settings.Schedule switch
    {
        RateSchedule.Cosine => 0.5 * (1 + Math.Cos(Math.PI * progress)),
        RateSchedule.Polynomial => Math.Pow(1 - progress, Power),
        RateSchedule.Plateau => Math.Pow(0.5, Plateaus(validationLosses)),
        _ => 1,
    };

    /// <summary>How often the loss has failed to reach a new minimum for <see cref="Patience"/> epochs in a row, counted anew after each time.</summary>
    private static int Plateaus(IEnumerable<double> losses)
    {
        var (best, waited, plateaus) = (double.PositiveInfinity, 0, 0);
        foreach (var loss in losses)
        {
            (best, waited) = loss < best ? (loss, 0) : (best, waited + 1);
            if (waited == Patience)
            {
                (waited, plateaus) = (0, plateaus + 1);
            }
        }

        return plateaus;
    }
}
