"""Evaluations: what the models and the agent can do, measured.

Each evaluation is a function `run(...)` with plain arguments that returns a `Report` (Markdown through
`.markdown()`, files through `.save(folder, name)`, every per-sample value in `.data`):

    evals.motion.quality.run(backend=None, seeds=5, repetitions=20, data=None, evaluator=None, ...)
        114 prompts (evals.motion.suite.suite.run), R-precision,
        FID, MultiModality, skating and the like         motion-agent eval motion
    evals.motion.tokenizer.reconstruction.run(data, tokenizer=None, progress=True)
        reconstruction error, drift, codebook use        motion-agent eval tokenizer --data DATA/cmu
    evals.motion.captions.captioning.run(data=None, backend=None, clips=None, bert_model=None, ...)
        captions of held-out clips                       motion-agent eval captions --data DATA/cmu
    evals.motion.promises.promises.run(backend=None, seeds=5)
        the floor and stated quantities, by the agent    motion-agent eval promises
    evals.conversations.plans.run(coordinators=("offline",), ...)
        single requests put to coordinators              motion-agent eval plans -c local:FILE.gguf
    evals.benchmarks.speed.run(backend=None, seconds=10.0, batches=(1, 8, 32), repeats=5, cold=True)
        time to motion beside transformers `generate`    motion-agent eval speed

`backend` is a MotionBackend, a folder of weights, or None for the weights that ship. `evals.report`
renders saved reports into a model card. What the checks themselves are worth on real motion is shown by
`python -m motion_agent.evals.motion.suite.calibration DATA/cmu` and `... .ceiling DATA/cmu`.

Metrics of captions are in `evals.motion.captions.text` (BLEU, ROUGE-L, CIDEr, BERTScore), those of motion in
`evals.motion.field.metrics`; there `physics.measure(joints)` gathers skating, penetration, float and jerk of
one motion, and `physics.summarize` those of many. docs/metrics.md has their definitions and sources.

Metrics return per-sample values; means and confidence intervals are computed in `aggregate.py` alone.
"""
