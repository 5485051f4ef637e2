namespace SegLossBias.Experiments.Settings;

/// <summary>How the learning rate falls.</summary>
internal enum RateSchedule
{
    Constant,

    /// <summary>Along half a cosine to 0, step by step.</summary>
    Cosine,

    /// <summary>Halved when the validation loss has not fallen for more than 5 epochs.</summary>
    Plateau,

    /// <summary>(1 − step/steps)^0.9, step by step.</summary>
    Polynomial,
}
