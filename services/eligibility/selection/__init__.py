"""Selection runs (일괄 선별): a whole programme decided and ranked at once, by the definition that screens one.

deciding, ranking, lottery and digest are pure. `work` is what a spawned process does, `running` what the service does.
"""
