namespace SegLossBias.Experiments.Learning;

/// <summary>Told what a run is doing.</summary>
internal interface ITrainingProgress
{
    /// <param name="finished">Epochs of the run that were trained before and are not trained again.</param>
    void Begin(int finished);

    /// <summary>Training went wrong and goes on from the last checkpoint.</summary>
    /// <param name="finished">Epochs of the run that are not trained again.</param>
    /// <param name="why">What went wrong.</param>
    void Again(int finished, string why);

    /// <param name="loss">Of the batch.</param>
    void Step(double loss);

    void Epoch(EpochRecord epoch);
}
